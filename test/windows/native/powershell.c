/*
 * Stands for powershell.exe where Wine has only one that prints nothing. It answers two questions:
 * `Get-Process -Id N` gives when that process was started, `2026-11-20T14:03:05.1234567Z`, or nothing and 1 if there is none;
 * `$p=N; ... Win32_Process` gives N, what started it, and so on, a PID a line.
 *
 * gcc powershell.c -o powershell.exe
 */
#include <windows.h>
#include <tlhelp32.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows these words on the command line; NULL: they are not there. */
static const char *after(const char *line, const char *words) {
  for (; *line != '\0'; line++)
    if (_strnicmp(line, words, strlen(words)) == 0) return line + strlen(words);
  return NULL;
}

static int print_start(DWORD pid) {
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
  FILETIME created, exited, kernel, user;
  DWORD code = 0;
  /* One that has ended stays for as long as somebody holds a handle of it. */
  if (process == NULL || !GetExitCodeProcess(process, &code) || code != STILL_ACTIVE) return 1;
  if (!GetProcessTimes(process, &created, &exited, &kernel, &user)) return 1;
  SYSTEMTIME utc;
  FileTimeToSystemTime(&created, &utc);
  ULARGE_INTEGER ticks = {.LowPart = created.dwLowDateTime, .HighPart = created.dwHighDateTime};
  printf("%04d-%02d-%02dT%02d:%02d:%02d.%07dZ\r\n", utc.wYear, utc.wMonth, utc.wDay, utc.wHour, utc.wMinute, utc.wSecond,
         (int)(ticks.QuadPart % 10000000));
  return 0;
}

/* 0: there is no such process. */
static DWORD parent_of(DWORD pid) {
  HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  PROCESSENTRY32 entry = {.dwSize = sizeof entry};
  DWORD parent = 0;
  for (BOOL more = Process32First(all, &entry); more; more = Process32Next(all, &entry))
    if (entry.th32ProcessID == pid) parent = entry.th32ParentProcessID;
  CloseHandle(all);
  return parent;
}

static int print_ancestors(DWORD pid) {
  for (int steps = 0; pid != 0 && steps < 64; pid = parent_of(pid), steps++) printf("%lu\r\n", pid);
  return 0;
}

int main(void) {
  const char *line = GetCommandLineA();
  const char *start = after(line, "get-process -id ");
  if (start != NULL) return print_start(strtoul(start, NULL, 10));
  const char *process = after(line, "$p=");
  if (process != NULL && after(line, "win32_process") != NULL) return print_ancestors(strtoul(process, NULL, 10));
  fprintf(stderr, "this stand-in for powershell knows only two questions\r\n");
  return 1;
}
