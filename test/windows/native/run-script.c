/*
 * Stands for a script where Windows wants a program: NAME.exe runs what NAME.run beside it says, in two lines of UTF-8,
 * the path of node.exe and the path of the script, with its own arguments, and ends with the same code. Either ends with
 * the other.
 *
 * gcc -municode run-script.c -o NAME.exe
 */
#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define MOST 32768

static int fail(const char *what) {
  fprintf(stderr, "run-script: %s failed (%lu)\n", what, GetLastError());
  return 1;
}

/* The next line, without its end. */
static int read_line(FILE *file, wchar_t *line) {
  char bytes[MOST];
  if (fgets(bytes, sizeof bytes, file) == NULL) return 0;
  bytes[strcspn(bytes, "\r\n")] = '\0';
  return MultiByteToWideChar(CP_UTF8, 0, bytes, -1, line, MOST) > 1;
}

/* What follows the program in the command line, quotes as they were. */
static const wchar_t *own_arguments(void) {
  const wchar_t *line = GetCommandLineW();
  if (*line == L'"') {
    line = wcschr(line + 1, L'"');
    return line == NULL ? L"" : line + 1;
  }
  return line + wcscspn(line, L" \t");
}

int wmain(void) {
  static wchar_t recipe[MOST], node[MOST], script[MOST], line[4 * MOST];
  GetModuleFileNameW(NULL, recipe, MOST);
  wcscpy(wcsrchr(recipe, L'.'), L".run");
  FILE *file = _wfopen(recipe, L"rb");
  if (file == NULL || !read_line(file, node) || !read_line(file, script)) return fail("reading the .run file");
  fclose(file);

  /* The script takes itself for this process, as skyfly does, which knows no other: INFO tells this PID. */
  const wchar_t *format = L"\"%ls\" --import \"data:text/javascript,Object.defineProperty(process,'pid',{value:%lu})\" \"%ls\"%ls";
  _snwprintf(line, 4 * MOST - 1, format, node, GetCurrentProcessId(), script, own_arguments());

  HANDLE job = CreateJobObjectW(NULL, NULL);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);

  STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
  startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION child;
  if (!CreateProcessW(node, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &startup, &child))
    return fail("starting node");
  if (!AssignProcessToJobObject(job, child.hProcess)) fail("tying node to this process");
  ResumeThread(child.hThread);
  /* Ctrl-C reaches both; what it means is for the script to say. */
  SetConsoleCtrlHandler(NULL, TRUE);
  DWORD code = 1;
  WaitForSingleObject(child.hProcess, INFINITE);
  GetExitCodeProcess(child.hProcess, &code);
  return (int)code;
}
