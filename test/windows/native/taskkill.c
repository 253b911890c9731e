/*
 * Stands for taskkill.exe of Windows where Wine's own knows no /T (before Wine 9): /PID n [/PID m ...] [/T] [/F].
 *
 * gcc taskkill.c -o taskkill.exe
 */
#include <windows.h>
#include <tlhelp32.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PROCESSES 4096
#define MAX_PIDS 256
#define NOT_FOUND 128

typedef struct { DWORD pid, parent; } Process;

static Process processes[MAX_PROCESSES];
static int process_count;

static void list_processes(void) {
  PROCESSENTRY32 entry = {.dwSize = sizeof entry};
  HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  BOOL more = Process32First(snapshot, &entry);
  while (more && process_count < MAX_PROCESSES) {
    processes[process_count++] = (Process){entry.th32ProcessID, entry.th32ParentProcessID};
    more = Process32Next(snapshot, &entry);
  }
  CloseHandle(snapshot);
}

static int is_running(DWORD pid) {
  for (int i = 0; i < process_count; i++)
    if (processes[i].pid == pid) return 1;
  return 0;
}

static int end_process(DWORD pid) {
  HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, pid);
  BOOL ended = process != NULL && TerminateProcess(process, 1);
  if (process != NULL) CloseHandle(process);
  if (ended) printf("SUCCESS: The process with PID %lu has been terminated.\r\n", pid);
  else fprintf(stderr, "ERROR: The process with PID %lu could not be terminated.\r\nReason: Access is denied.\r\n", pid);
  return ended ? 0 : 1;
}

/* Its children first, as taskkill does. */
static int end_tree(DWORD pid) {
  int status = 0;
  for (int i = 0; i < process_count; i++)
    if (processes[i].parent == pid && processes[i].pid != pid) status |= end_tree(processes[i].pid);
  return status | end_process(pid);
}

int main(int argc, char **argv) {
  DWORD pids[MAX_PIDS];
  int count = 0, tree = 0, force = 0, status = 0;
  for (int i = 1; i < argc; i++) {
    if (_stricmp(argv[i], "/t") == 0) tree = 1;
    else if (_stricmp(argv[i], "/f") == 0) force = 1;
    else if (_stricmp(argv[i], "/pid") == 0 && i + 1 < argc && count < MAX_PIDS) pids[count++] = strtoul(argv[++i], NULL, 10);
    else {
      fprintf(stderr, "ERROR: Invalid argument/option - '%s'.\r\n", argv[i]);
      return 1;
    }
  }
  list_processes();
  for (int i = 0; i < count; i++) {
    if (!is_running(pids[i])) {
      fprintf(stderr, "ERROR: The process \"%lu\" not found.\r\n", pids[i]);
      status = NOT_FOUND;
    } else if (!force) {
      /* A program without a window cannot be asked. */
      fprintf(stderr, "ERROR: The process with PID %lu could not be terminated.\r\n", pids[i]);
      fprintf(stderr, "Reason: This process can only be terminated forcefully (with /F option).\r\n");
      status = 1;
    } else {
      int failed = tree ? end_tree(pids[i]) : end_process(pids[i]);
      if (failed) status = 1;
    }
  }
  return status;
}
