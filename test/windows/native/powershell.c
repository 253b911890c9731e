/*
 * Stands for powershell.exe where Wine has only one that prints nothing. It answers a single question, when a process was
 * started: a command line with `Get-Process -Id N` gives `2026-11-20T14:03:05.1234567Z`, or nothing and 1 if there is none.
 *
 * gcc powershell.c -o powershell.exe
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char QUESTION[] = "get-process -id ";

int main(void) {
  const char *line = GetCommandLineA();
  while (*line != '\0' && _strnicmp(line, QUESTION, strlen(QUESTION)) != 0) line++;
  if (*line == '\0') {
    fprintf(stderr, "this stand-in for powershell knows only: Get-Process -Id N\r\n");
    return 1;
  }
  DWORD pid = strtoul(line + strlen(QUESTION), NULL, 10);
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
