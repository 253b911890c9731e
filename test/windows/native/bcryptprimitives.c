/*
 * Stands for bcryptprimitives.dll, which Wine 8 lacks and programs built with newer tool chains load: random bytes.
 *
 * gcc -shared bcryptprimitives.c -o bcryptprimitives.dll -ladvapi32
 */
#include <windows.h>

/* RtlGenRandom, by the name that it is exported under. */
BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length);

#define MOST_AT_ONCE 0x10000000

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
  while (length > 0) {
    ULONG part = length < MOST_AT_ONCE ? (ULONG)length : MOST_AT_ONCE;
    if (!SystemFunction036(bytes, part)) return FALSE;
    bytes += part;
    length -= part;
  }
  return TRUE;
}
