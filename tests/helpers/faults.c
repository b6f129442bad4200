/* Disks and shares that fail, for tests: preloaded into a process on Linux (see tests/helpers/faults.py).

   full_disk_after(n): writes below the folder FULL_BELOW succeed for n bytes more, then the disk is full; below 0: never.
   LOCKS_BELOW: locks on the memory that SQLite shares beside a database in this folder fail with LOCKS_ERRNO. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

static long left = -1;

void full_disk_after(long bytes) { left = bytes; }

static int below(int fd, const char *variable, const char *ending) {
    char link[64], path[4096];
    const char *folder = getenv(variable);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder ? readlink(link, path, sizeof path - 1) : -1;
    if (length < 0) return 0;
    path[length] = 0;
    size_t tail = strlen(ending);
    return strncmp(path, folder, strlen(folder)) == 0 && (size_t)length >= tail && strcmp(path + length - tail, ending) == 0;
}

/* How much of a write has room: 0 and ENOSPC when none has. */
static size_t room(int fd, size_t wanted) {
    if (left < 0 || !below(fd, "FULL_BELOW", "")) return wanted;
    if (left == 0 && wanted) { errno = ENOSPC; return 0; }
    size_t taken = wanted < (size_t)left ? wanted : (size_t)left;
    left -= (long)taken;
    return taken;
}

#define WRITES(name, arguments, names, wanted)                                  \
    ssize_t name arguments {                                                    \
        static ssize_t(*real) arguments;                                        \
        if (!real) real = (ssize_t(*) arguments)dlsym(RTLD_NEXT, #name);        \
        size_t whole = wanted;                                                  \
        wanted = room(out, whole);                                              \
        return whole && !wanted ? -1 : real names;                              \
    }

WRITES(write, (int out, const void *data, size_t count), (out, data, count), count)
WRITES(pwrite, (int out, const void *data, size_t count, off_t at), (out, data, count, at), count)
WRITES(pwrite64, (int out, const void *data, size_t count, off64_t at), (out, data, count, at), count)
WRITES(sendfile, (int out, int in, off_t *at, size_t count), (out, in, at, count), count)
WRITES(sendfile64, (int out, int in, off64_t *at, size_t count), (out, in, at, count), count)

#define ROOM_TOLD(name, type)                                                   \
    int name(const char *path, struct type *told) {                             \
        static int (*real)(const char *, struct type *);                        \
        if (!real) real = (int (*)(const char *, struct type *))dlsym(RTLD_NEXT, #name); \
        int result = real(path, told);                                          \
        const char *folder = getenv("FULL_BELOW");                              \
        if (!result && left >= 0 && folder && strncmp(path, folder, strlen(folder)) == 0) \
            told->f_bfree = told->f_bavail = (unsigned long)left / told->f_frsize; \
        return result;                                                          \
    }

ROOM_TOLD(statvfs, statvfs)
ROOM_TOLD(statvfs64, statvfs64)

#define LOCKS(name)                                                             \
    int name(int fd, int command, ...) {                                        \
        static int (*real)(int, int, ...);                                      \
        if (!real) real = (int (*)(int, int, ...))dlsym(RTLD_NEXT, #name);      \
        va_list more;                                                           \
        va_start(more, command);                                                \
        void *argument = va_arg(more, void *);                                  \
        va_end(more);                                                           \
        int locks = command == F_SETLK || command == F_SETLKW;                  \
        if (locks && below(fd, "LOCKS_BELOW", "-shm")) {                        \
            errno = atoi(getenv("LOCKS_ERRNO"));                                \
            return -1;                                                          \
        }                                                                       \
        return real(fd, command, argument);                                     \
    }

LOCKS(fcntl)
LOCKS(fcntl64)
