/*
 * Stands for the dragonfly.exe that the proof of concept imagined: no such file was ever published.
 *
 * It takes the flags that were imagined for it (--cli, --log-level, --dir, --port), logs as Dragonfly does, on standard
 * output, answers the commands that a client, a supervisor and `skyfly test` send, and saves a small snapshot when it is
 * stopped by SHUTDOWN or Ctrl-C. It keeps strings and lists in memory, in one database, and nothing expires.
 *
 * Two flags that its help does not list are for tests: --ignore_shutdown answers SHUTDOWN and goes on, and
 * --start_helper starts another process, which lives for a minute, and logs its PID.
 *
 * One thread: a client that waits in BRPOP is a client with a deadline.
 *
 * gcc -municode stand-in-dragonfly.c -o dragonfly.exe -lws2_32
 */
#define FD_SETSIZE 512
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define VERSION "v1.40.1-stand-in"
#define MAX_CLIENTS 500
#define MAX_WORDS 4096
#define LOG_BYTES 8192

/* ---- bytes ---- */

typedef struct { char *bytes; size_t length, room; } Text;

static void append(Text *text, const void *bytes, size_t length) {
  if (text->length + length > text->room) {
    text->room = (text->length + length) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

static void appendf(Text *text, const char *format, ...) {
  char line[1024];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  append(text, line, length < (int)sizeof line ? (size_t)length : sizeof line - 1);
}

static void drop(Text *text, size_t length) {
  text->length -= length;
  memmove(text->bytes, text->bytes + length, text->length);
}

static int same(const Text *a, const Text *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* ---- command line ---- */

typedef struct {
  const wchar_t *name, *value, *help;
  int is_switch;
} Flag;

enum { BIND, PORT, DIR, DBFILENAME, MAXMEMORY, THREADS, DFS, LOG_LEVEL, CLI, IGNORE_SHUTDOWN, START_HELPER, FLAGS };

static Flag flags[FLAGS] = {
  [BIND] = {L"bind", L"", L"Bind address. If empty - binds on all interfaces", 0},
  [PORT] = {L"port", L"6379", L"Redis port", 0},
  [DIR] = {L"dir", L"", L"working directory", 0},
  [DBFILENAME] = {L"dbfilename", L"dump", L"the filename to save/load the DB", 0},
  [MAXMEMORY] = {L"maxmemory", L"0", L"Limit on maximum-memory that is used by the database", 0},
  [THREADS] = {L"proactor_threads", L"0", L"Number of io threads in the pool", 0},
  [DFS] = {L"df_snapshot_format", L"false", L"if true, save in dragonfly-specific snapshotting format", 1},
  [LOG_LEVEL] = {L"log-level", L"info", L"debug, info, warn or error", 0},
  [CLI] = {L"cli", L"false", L"log to standard output", 1},
  [IGNORE_SHUTDOWN] = {L"ignore_shutdown", L"false", NULL, 1},
  [START_HELPER] = {L"start_helper", L"false", NULL, 1},
};

static int is_on(int flag) { return wcscmp(flags[flag].value, L"true") == 0; }

/* Complains as Dragonfly does about what it does not know; 0: it did. */
static int read_flags(int argc, wchar_t **argv) {
  int fine = 1;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != L'-') continue;
    const wchar_t *name = argv[i] + wcsspn(argv[i], L"-");
    size_t length = wcscspn(name, L"=");
    Flag *flag = NULL;
    for (int known = 0; known < FLAGS; known++)
      if (wcslen(flags[known].name) == length && wcsncmp(flags[known].name, name, length) == 0) flag = &flags[known];
    if (flag == NULL) {
      fprintf(stderr, "ERROR: Unknown command line flag '%.*ls'\n", (int)length, name);
      fine = 0;
    } else if (name[length] == L'=') {
      flag->value = name + length + 1;
    } else if (flag->is_switch) {
      flag->value = L"true";
    } else if (i + 1 == argc) {
      fprintf(stderr, "ERROR: Missing the value for the flag '%ls'\n", flag->name);
      fine = 0;
    } else {
      flag->value = argv[++i];
    }
  }
  return fine;
}

static void print_help(void) {
  printf("dragonfly: a modern in-memory store.\n\nUsage: dragonfly [FLAGS]\n\n  Flags from dfly_main.cc:\n");
  for (int i = 0; i < FLAGS; i++)
    if (flags[i].help != NULL)
      printf("    --%ls (%ls); default: %s%ls%s;\n", flags[i].name, flags[i].help, flags[i].is_switch ? "" : "\"",
             flags[i].value, flags[i].is_switch ? "" : "\"");
}

/* ---- log ---- */

/* `I20261120 07:42:20.896796  9105 init.cc:144] text`, in UTF-8. */
static void log_line(char level, const char *at, const char *format, ...) {
  static const char levels[] = "DIWE";
  const wchar_t *wanted = flags[LOG_LEVEL].value;
  int least = !wcscmp(wanted, L"debug") ? 0 : !wcscmp(wanted, L"warn") ? 2 : !wcscmp(wanted, L"error") ? 3 : 1;
  if (strchr(levels, level) - levels < least) return;
  char text[LOG_BYTES];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  SYSTEMTIME now;
  GetLocalTime(&now);
  printf("%c%04d%02d%02d %02d:%02d:%02d.%03d000 %5lu %s] %s\n", level == 'D' ? 'I' : level, now.wYear, now.wMonth,
         now.wDay, now.wHour, now.wMinute, now.wSecond, now.wMilliseconds, GetCurrentProcessId(), at, text);
  fflush(stdout);
}

static const char *utf8(const wchar_t *text) {
  static char bytes[LOG_BYTES];
  if (WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL) == 0) return "?";
  return bytes;
}

/* ---- keys ---- */

typedef struct Item { Text value; struct Item *next; } Item;

/* A string has one item; a list has its items from the left to the right. */
typedef struct Key { Text name; int is_list; Item *items; struct Key *next; } Key;

static Key *keys;

static Text copy(const Text *text) {
  Text made = {0};
  append(&made, text->bytes, text->length);
  return made;
}

static Key *find(const Text *name) {
  for (Key *key = keys; key != NULL; key = key->next)
    if (same(&key->name, name)) return key;
  return NULL;
}

static Key *create(const Text *name, int is_list) {
  Key *key = calloc(1, sizeof *key);
  if (key == NULL) abort();
  key->name = copy(name);
  key->is_list = is_list;
  key->next = keys;
  keys = key;
  return key;
}

static int delete(const Text *name) {
  for (Key **link = &keys; *link != NULL; link = &(*link)->next) {
    Key *key = *link;
    if (!same(&key->name, name)) continue;
    *link = key->next;
    while (key->items != NULL) {
      Item *item = key->items;
      key->items = item->next;
      free(item->value.bytes);
      free(item);
    }
    free(key->name.bytes);
    free(key);
    return 1;
  }
  return 0;
}

static void push(Key *key, const Text *value, int on_the_left) {
  Item **link = &key->items;
  while (!on_the_left && *link != NULL) link = &(*link)->next;
  Item *item = calloc(1, sizeof *item);
  if (item == NULL) abort();
  item->value = copy(value);
  item->next = *link;
  *link = item;
}

/* The caller frees its bytes. The key goes with its last item. */
static Text pop(Key *key, int from_the_left) {
  Item **link = &key->items;
  while (!from_the_left && (*link)->next != NULL) link = &(*link)->next;
  Item *item = *link;
  Text value = item->value;
  *link = item->next;
  free(item);
  if (key->items == NULL) delete(&key->name);
  return value;
}

static int length_of(const Key *key) {
  int length = 0;
  for (const Item *item = key->items; item != NULL; item = item->next) length++;
  return length;
}

/* ---- clients ---- */

typedef struct {
  SOCKET socket;
  int id, protocol;
  Text in, out;
  /* While it waits in BLPOP or BRPOP: for these keys, until then (0: for ever). */
  Text *waits_for;
  int waits_for_count, from_the_left;
  ULONGLONG deadline;
} Client;

static Client *clients[MAX_CLIENTS];
static int client_count, last_id, is_stopping, saves = 1;
static volatile LONG was_interrupted;

static void say(Client *client, const char *line) { appendf(&client->out, "%s\r\n", line); }

static void say_number(Client *client, int number) { appendf(&client->out, ":%d\r\n", number); }

static void say_bulk(Client *client, const void *bytes, size_t length) {
  appendf(&client->out, "$%d\r\n", (int)length);
  append(&client->out, bytes, length);
  append(&client->out, "\r\n", 2);
}

static void say_nothing(Client *client, const char *in_resp2) { say(client, client->protocol == 3 ? "_" : in_resp2); }

static void stop_waiting(Client *client) {
  for (int i = 0; i < client->waits_for_count; i++) free(client->waits_for[i].bytes);
  free(client->waits_for);
  client->waits_for = NULL;
  client->waits_for_count = 0;
}

static int pop_first(Client *client, const Text *names, int count, int from_the_left) {
  for (int i = 0; i < count; i++) {
    Key *key = find(&names[i]);
    if (key == NULL || !key->is_list) continue;
    Text value = pop(key, from_the_left);
    say(client, "*2");
    say_bulk(client, names[i].bytes, names[i].length);
    say_bulk(client, value.bytes, value.length);
    free(value.bytes);
    return 1;
  }
  return 0;
}

/* After every command: who waits longest is served first. */
static void serve_waiting(void) {
  for (int i = 0; i < client_count; i++) {
    Client *client = clients[i];
    if (client->waits_for == NULL) continue;
    if (pop_first(client, client->waits_for, client->waits_for_count, client->from_the_left)) {
      stop_waiting(client);
    } else if (client->deadline != 0 && GetTickCount64() >= client->deadline) {
      say_nothing(client, "*-1");
      stop_waiting(client);
    }
  }
}

/* ---- commands ---- */

static int is(const Text *word, const char *name) {
  return word->length == strlen(name) && _strnicmp(word->bytes, name, word->length) == 0;
}

static int number(const Text *word) {
  char digits[32] = "";
  memcpy(digits, word->bytes, word->length < 31 ? word->length : 31);
  return atoi(digits);
}

static void hello(Client *client, const Text *words, int count) {
  if (count > 1 && !is(&words[1], "2") && !is(&words[1], "3")) return say(client, "-NOPROTO unsupported protocol version");
  if (count > 1) client->protocol = number(&words[1]);
  say(client, client->protocol == 3 ? "%7" : "*14");
  const char *pairs[] = {"server", "redis", "version", "7.4.0", "dragonfly_version", "df-" VERSION,
                         "mode", "standalone", "role", "master"};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) say_bulk(client, pairs[i], strlen(pairs[i]));
  say_bulk(client, "proto", 5);
  say_number(client, client->protocol);
  say_bulk(client, "id", 2);
  say_number(client, client->id);
}

static void info(Client *client) {
  Text text = {0};
  appendf(&text, "# Server\r\nredis_version:7.4.0\r\ndragonfly_version:df-%s\r\nredis_mode:standalone\r\n", VERSION);
  appendf(&text, "arch_bits:64\r\nprocess_id:%lu\r\ntcp_port:%ls\r\n", GetCurrentProcessId(), flags[PORT].value);
  appendf(&text, "\r\n# Persistence\r\nloading:0\r\nsaving:0\r\nrdb_bgsave_in_progress:0\r\n");
  say_bulk(client, text.bytes, text.length);
  free(text.bytes);
}

static void client_command(Client *client, const Text *words, int count) {
  if (count < 2) return say(client, "-ERR wrong number of arguments for 'client' command");
  if (is(&words[1], "ID")) return say_number(client, client->id);
  if (is(&words[1], "GETNAME")) return say_nothing(client, "$-1");
  if (!is(&words[1], "LIST")) return say(client, "+OK");
  Text list = {0};
  for (int i = 0; i < client_count; i++)
    appendf(&list, "id=%d name= flags=%s\n", clients[i]->id, clients[i]->waits_for == NULL ? "N" : "b");
  say_bulk(client, list.bytes, list.length);
  free(list.bytes);
}

static void config_command(Client *client, const Text *words, int count) {
  if (count < 3 || !is(&words[1], "GET")) return say(client, "+OK");
  for (int i = 0; i < FLAGS; i++) {
    char name[64];
    snprintf(name, sizeof name, "%ls", flags[i].name);
    if (flags[i].help == NULL || !is(&words[2], name)) continue;
    const char *value = utf8(flags[i].value);
    say(client, client->protocol == 3 ? "%1" : "*2");
    say_bulk(client, name, strlen(name));
    return say_bulk(client, value, strlen(value));
  }
  say(client, client->protocol == 3 ? "%0" : "*0");
}

static void get(Client *client, const Key *key) {
  if (key == NULL) return say_nothing(client, "$-1");
  if (key->is_list) return say(client, "-WRONGTYPE Operation against a key holding the wrong kind of value");
  say_bulk(client, key->items->value.bytes, key->items->value.length);
}

static void set(Client *client, const Text *words) {
  delete(&words[1]);
  push(create(&words[1], 0), &words[2], 1);
  say(client, "+OK");
}

static void push_all(Client *client, const Text *words, int count, int on_the_left) {
  Key *key = find(&words[1]);
  if (key == NULL) key = create(&words[1], 1);
  if (!key->is_list) return say(client, "-WRONGTYPE Operation against a key holding the wrong kind of value");
  for (int i = 2; i < count; i++) push(key, &words[i], on_the_left);
  say_number(client, length_of(key));
}

static void range(Client *client, const Key *key, int first, int last) {
  int length = key == NULL ? 0 : length_of(key);
  if (first < 0) first = first + length < 0 ? 0 : first + length;
  if (last < 0) last += length;
  if (last >= length) last = length - 1;
  appendf(&client->out, "*%d\r\n", first > last ? 0 : last - first + 1);
  int at = 0;
  for (const Item *item = key == NULL ? NULL : key->items; item != NULL; item = item->next, at++)
    if (at >= first && at <= last) say_bulk(client, item->value.bytes, item->value.length);
}

static void blocking_pop(Client *client, const Text *words, int count, int from_the_left) {
  char seconds[32] = "";
  const Text *last = &words[count - 1];
  memcpy(seconds, last->bytes, last->length < 31 ? last->length : 31);
  if (pop_first(client, words + 1, count - 2, from_the_left)) return;
  client->waits_for_count = count - 2;
  client->waits_for = calloc((size_t)count, sizeof(Text));
  if (client->waits_for == NULL) abort();
  for (int i = 0; i < count - 2; i++) client->waits_for[i] = copy(&words[i + 1]);
  client->from_the_left = from_the_left;
  client->deadline = atof(seconds) == 0 ? 0 : GetTickCount64() + (ULONGLONG)(atof(seconds) * 1000);
}

static void shutdown_command(Client *client, const Text *words, int count) {
  say(client, "+OK");
  if (is_on(IGNORE_SHUTDOWN)) return log_line('W', "server_family.cc:1", "SHUTDOWN is ignored");
  saves = !(count > 1 && (is(&words[1], "NOSAVE") || is(&words[1], "FORCE")));
  is_stopping = 1;
}

static void execute(Client *client, const Text *words, int count) {
  const Text *name = &words[0];
  int found = 0;
  if (is(name, "PING")) return count > 1 ? say_bulk(client, words[1].bytes, words[1].length) : say(client, "+PONG");
  if (is(name, "HELLO")) return hello(client, words, count);
  if (is(name, "INFO")) return info(client);
  if (is(name, "CLIENT")) return client_command(client, words, count);
  if (is(name, "CONFIG")) return config_command(client, words, count);
  if (is(name, "COMMAND")) return say(client, "*0");
  if (is(name, "DBSIZE")) {
    for (Key *key = keys; key != NULL; key = key->next) found++;
    return say_number(client, found);
  }
  if (is(name, "SHUTDOWN")) return shutdown_command(client, words, count);
  if (count < 2) return appendf(&client->out, "-ERR unknown command `%.*s`\r\n", (int)name->length, name->bytes);
  if (is(name, "ECHO")) return say_bulk(client, words[1].bytes, words[1].length);
  if (is(name, "SELECT")) return say(client, is(&words[1], "0") ? "+OK" : "-ERR DB index is out of range");
  if (is(name, "GET")) return get(client, find(&words[1]));
  if (is(name, "DEL") || is(name, "UNLINK")) {
    for (int i = 1; i < count; i++) found += delete(&words[i]);
    return say_number(client, found);
  }
  if (is(name, "EXISTS")) {
    for (int i = 1; i < count; i++) found += find(&words[i]) != NULL;
    return say_number(client, found);
  }
  if (is(name, "LLEN")) return say_number(client, find(&words[1]) == NULL ? 0 : length_of(find(&words[1])));
  if (count >= 3 && is(name, "EXPIRE")) return say_number(client, find(&words[1]) != NULL);
  if (count >= 3 && is(name, "SET")) return set(client, words);
  if (count >= 3 && is(name, "LPUSH")) return push_all(client, words, count, 1);
  if (count >= 3 && is(name, "RPUSH")) return push_all(client, words, count, 0);
  if (count >= 3 && is(name, "BLPOP")) return blocking_pop(client, words, count, 1);
  if (count >= 3 && is(name, "BRPOP")) return blocking_pop(client, words, count, 0);
  if (count == 4 && is(name, "LRANGE")) return range(client, find(&words[1]), number(&words[2]), number(&words[3]));
  appendf(&client->out, "-ERR unknown command `%.*s`\r\n", (int)name->length, name->bytes);
}

/* ---- requests ---- */

static char *line_end(const Text *text, size_t from) {
  for (size_t i = from; i + 1 < text->length; i++)
    if (text->bytes[i] == '\r' && text->bytes[i + 1] == '\n') return text->bytes + i;
  return NULL;
}

/* The words of the first request, as parts of `in`; gives its length, or 0 while it is incomplete. */
static size_t read_request(const Text *in, Text *words, int *count) {
  char *end = line_end(in, 0);
  *count = 0;
  if (end == NULL) return 0;
  size_t at = (size_t)(end - in->bytes) + 2;
  if (in->bytes[0] != '*') {
    for (char *word = in->bytes; word < end && *count < MAX_WORDS;) {
      size_t length = 0;
      while (word + length < end && word[length] != ' ') length++;
      if (length > 0) words[(*count)++] = (Text){word, length, 0};
      word += length + 1;
    }
    return at;
  }
  int wanted = atoi(in->bytes + 1);
  for (int i = 0; i < wanted && i < MAX_WORDS; i++) {
    end = line_end(in, at);
    if (end == NULL) return 0;
    size_t length = (size_t)atoi(in->bytes + at + 1);
    at = (size_t)(end - in->bytes) + 2;
    if (at + length + 2 > in->length) return 0;
    words[(*count)++] = (Text){in->bytes + at, length, 0};
    at += length + 2;
  }
  return at;
}

static void answer_all(Client *client) {
  static Text words[MAX_WORDS];
  int count;
  size_t length;
  /* A client that waits is not read any further. */
  while (client->waits_for == NULL && !is_stopping && (length = read_request(&client->in, words, &count)) > 0) {
    if (count > 0) execute(client, words, count);
    drop(&client->in, length);
    serve_waiting();
  }
}

/* 0: the client is gone. */
static int read_from(Client *client) {
  char bytes[65536];
  int length = recv(client->socket, bytes, sizeof bytes, 0);
  if (length <= 0) return 0;
  append(&client->in, bytes, (size_t)length);
  return 1;
}

static int write_to(Client *client) {
  while (client->out.length > 0) {
    int length = send(client->socket, client->out.bytes, (int)client->out.length, 0);
    if (length <= 0) return 0;
    drop(&client->out, (size_t)length);
  }
  return 1;
}

static void welcome(SOCKET listener) {
  SOCKET socket = accept(listener, NULL, NULL);
  if (socket == INVALID_SOCKET) return;
  Client *client = calloc(1, sizeof *client);
  if (client == NULL || client_count == MAX_CLIENTS) {
    closesocket(socket);
    free(client);
    return;
  }
  BOOL on = TRUE;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on);
  client->socket = socket;
  client->id = ++last_id;
  client->protocol = 2;
  clients[client_count++] = client;
}

static void forget(int index) {
  Client *client = clients[index];
  stop_waiting(client);
  closesocket(client->socket);
  free(client->in.bytes);
  free(client->out.bytes);
  free(client);
  clients[index] = clients[--client_count];
}

static void serve(SOCKET listener) {
  while (!is_stopping && !was_interrupted) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(listener, &readable);
    for (int i = 0; i < client_count; i++) FD_SET(clients[i]->socket, &readable);
    /* As often as this it looks for deadlines, and for Ctrl-C. */
    struct timeval pause = {0, 20000};
    if (select(0, &readable, NULL, NULL, &pause) < 0) return;
    for (int i = client_count - 1; i >= 0; i--)
      if (FD_ISSET(clients[i]->socket, &readable) && !read_from(clients[i])) forget(i);
    if (FD_ISSET(listener, &readable)) welcome(listener);
    for (int i = 0; i < client_count; i++) answer_all(clients[i]);
    serve_waiting();
    for (int i = client_count - 1; i >= 0; i--)
      if (!write_to(clients[i])) forget(i);
  }
}

/* ---- start and stop ---- */

static BOOL WINAPI on_console_event(DWORD event) {
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
  InterlockedExchange(&was_interrupted, 1);
  return TRUE;
}

/* A snapshot without keys: version, end, and a checksum of 0, which stands for "none". */
static void save(void) {
  static const char snapshot[] = "REDIS0009\xff\0\0\0\0\0\0\0";
  wchar_t path[32768], unfinished[32768];
  const wchar_t *dir = flags[DIR].value;
  if (flags[DBFILENAME].value[0] == L'\0') return;
  _snwprintf(path, 32767, L"%ls\\%ls.rdb", dir[0] == L'\0' ? L"." : dir, flags[DBFILENAME].value);
  _snwprintf(unfinished, 32767, L"%ls.tmp", path);
  FILE *file = _wfopen(unfinished, L"wb");
  int wrote = file != NULL && fwrite(snapshot, 1, sizeof snapshot, file) == sizeof snapshot;
  if (file != NULL) wrote = fclose(file) == 0 && wrote;
  if (wrote && MoveFileExW(unfinished, path, MOVEFILE_REPLACE_EXISTING))
    log_line('I', "save_stages_controller.cc:360", "Saving \"%s\" finished after 0 us", utf8(path));
  else
    log_line('W', "server_family.cc:1342", "Failed to perform snapshot %s: Couldn't open file for writing", utf8(path));
}

static SOCKET listen_on(const char *host, const char *port) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
  if (getaddrinfo(host[0] == '\0' ? "0.0.0.0" : host, port, &hints, &found) != 0) {
    log_line('E', "accept_server.cc:143", "Error resolving address %s: Name or service not known", host);
    return INVALID_SOCKET;
  }
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  BOOL on = TRUE;
  /* Without it Windows lets two servers have one port. */
  setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on);
  if (bind(listener, found->ai_addr, (int)found->ai_addrlen) == 0 && listen(listener, 128) == 0) return listener;
  int error = WSAGetLastError();
  const char *reason = error == WSAEADDRINUSE ? "Address already in use"
                       : error == WSAEACCES ? "Permission denied"
                                            : "Cannot assign requested address";
  log_line('E', "dfly_main.cc:446", "Could not open port %s, error: %s", port, reason);
  return INVALID_SOCKET;
}

/* Another process, which knows nothing of a SHUTDOWN: whoever ends this one by force has to end that one, too. */
static void start_helper(void) {
  wchar_t program[32768], line[] = L"dragonfly-helper --sleep";
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION helper;
  GetModuleFileNameW(NULL, program, 32768);
  if (!CreateProcessW(program, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &startup, &helper)) return;
  log_line('I', "dfly_main.cc:1", "started helper %lu", helper.dwProcessId);
}

int wmain(int argc, wchar_t **argv) {
  if (argc == 2 && wcscmp(argv[1], L"--sleep") == 0) {
    Sleep(60000);
    return 0;
  }
  if (argc > 1 && wcscmp(argv[1], L"--version") == 0) {
    printf("dragonfly %s\nbuild time: 2026-11-20 07:35:58\n", VERSION);
    return 0;
  }
  if (argc > 1 && wcsncmp(argv[1], L"--help", 6) == 0) {
    print_help();
    return 1;
  }
  if (!read_flags(argc, argv)) return 1;

  log_line('I', "init.cc:144", "dragonfly running in opt mode.");
  log_line('I', "dfly_main.cc:1104", "Starting dragonfly df-%s", VERSION);
  WSADATA winsock;
  WSAStartup(MAKEWORD(2, 2), &winsock);
  SetConsoleCtrlHandler(on_console_event, TRUE);
  char host[256], port[16];
  snprintf(host, sizeof host, "%ls", flags[BIND].value);
  snprintf(port, sizeof port, "%ls", flags[PORT].value);
  SOCKET listener = listen_on(host, port);
  if (listener == INVALID_SOCKET) return 1;
  if (is_on(START_HELPER)) start_helper();
  log_line('I', "listener_interface.cc:102", "sock[7] AcceptServer - listening on %s:%s", host, port);
  log_line('D', "accept_server.cc:77", "AcceptServer::Run");
  serve(listener);
  if (was_interrupted) log_line('I', "accept_server.cc:60", "Exiting on signal Interrupt");
  for (int i = 0; i < client_count; i++) write_to(clients[i]);
  closesocket(listener);
  log_line('I', "listener_interface.cc:230", "Listener stopped for port %s", port);
  if (saves) save();
  return 0;
}
