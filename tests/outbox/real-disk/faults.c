/*
 * Stands before the C library's file functions in a process that was started with LD_PRELOAD, counts what is done
 * to files below one folder, and lets the operation with a given number fail, tear or end the process.
 *
 * It is told what to do by removing a file of the name "fault:<kind>:<number>:<folder>", which is never there:
 *   count  nothing fails
 *   error  the operation fails with `errno` EIO, once        full   it and all behind it fail with ENOSPC
 *   dead   it and all behind it fail with EIO                torn   as dead, but a write leaves half of its bytes
 *   kill   the process ends before it                        rend   the process ends after half of a write
 * "fault:report:0:<file>" writes the operations since then into a file, one a line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define FILES_MAX 4096
#define OPERATIONS_MAX 100000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[4096];
static char kind[16] = "count";
static long at;
static long count;
/* What was opened below the folder, by descriptor. */
static char *names[FILES_MAX];
static char *operations[OPERATIONS_MAX];

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_ours(const char *path) {
  size_t length = strlen(folder);
  if (length == 0 || path == NULL || strncmp(path, folder, length) != 0) return 0;
  return path[length] == '/' || path[length] == 0;
}

static void note(const char *operation, const char *path, long size) {
  if (count > OPERATIONS_MAX) return;
  const char *name = strrchr(path, '/');
  free(operations[count - 1]);
  if (asprintf(&operations[count - 1], "%s %s %ld", operation, name == NULL ? path : name + 1, size) < 0)
    operations[count - 1] = NULL;
}

/* What becomes of an operation: 0 it is done, 1 it fails with *error, 2 half of it is done, then it fails. */
static int judge(const char *operation, const char *path, long size, int *error) {
  pthread_mutex_lock(&lock);
  count += 1;
  long number = count;
  note(operation, path, size);
  pthread_mutex_unlock(&lock);
  *error = strcmp(kind, "full") == 0 ? ENOSPC : EIO;
  if (number < at || strcmp(kind, "count") == 0) return 0;
  if (strcmp(kind, "error") == 0) return number == at ? 1 : 0;
  /* A full disk still takes what makes room and what is only a name or a sync. */
  if (strcmp(kind, "full") == 0) return size > 0 || strcmp(operation, "create") == 0 ? 1 : 0;
  if (strcmp(kind, "kill") == 0) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (number > at) return 1;
  return size > 1 && (strcmp(kind, "torn") == 0 || strcmp(kind, "rend") == 0) ? 2 : 1;
}

static void end_if_rent(void) {
  if (strcmp(kind, "rend") != 0) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void report(const char *path) {
  int file = NEXT(open)(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  for (long index = 0; index < count && index < OPERATIONS_MAX; index += 1) {
    const char *line = operations[index] == NULL ? "?" : operations[index];
    if (NEXT(write)(file, line, strlen(line)) < 0 || NEXT(write)(file, "\n", 1) < 0) break;
  }
  NEXT(close)(file);
}

static int take_order(const char *order) {
  char wanted[16];
  long number;
  int start = 0;
  if (sscanf(order, "fault:%15[a-z]:%ld:%n", wanted, &number, &start) < 2 || start == 0) return 0;
  pthread_mutex_lock(&lock);
  if (strcmp(wanted, "report") == 0) report(order + start);
  else {
    strcpy(kind, wanted);
    at = number;
    count = 0;
    snprintf(folder, sizeof folder, "%s", order + start);
  }
  pthread_mutex_unlock(&lock);
  return 1;
}

static void remember(int file, const char *path) {
  if (file < 0 || file >= FILES_MAX) return;
  free(names[file]);
  names[file] = is_ours(path) ? strdup(path) : NULL;
}

static const char *name_of(int file) {
  return file >= 0 && file < FILES_MAX && is_ours(names[file]) ? names[file] : NULL;
}

/* Opening counts where it may make a file. */
static int opened(int (*next)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  int error;
  int makes = (flags & O_CREAT) && is_ours(path) && access(path, F_OK) != 0;
  if (makes && judge("create", path, 0, &error) != 0) {
    end_if_rent();
    errno = error;
    return -1;
  }
  int file = next(path, flags, mode);
  remember(file, path);
  return file;
}

#define MODE_OF(flags)                                                                                        \
  mode_t mode = 0;                                                                                            \
  if ((flags) & O_CREAT) {                                                                                    \
    va_list rest;                                                                                             \
    va_start(rest, flags);                                                                                    \
    mode = va_arg(rest, mode_t);                                                                              \
    va_end(rest);                                                                                             \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return opened(NEXT(open), path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags)
  return opened(NEXT(open64), path, flags, mode);
}

int close(int file) {
  if (file >= 0 && file < FILES_MAX) {
    free(names[file]);
    names[file] = NULL;
  }
  return NEXT(close)(file);
}

#define WRITING(operation, whole, half)                                                                       \
  int error;                                                                                                  \
  const char *name = name_of(file);                                                                           \
  int verdict = name == NULL ? 0 : judge(operation, name, (long)size, &error);                                \
  if (verdict == 0) return whole;                                                                             \
  if (verdict == 2 && half < 0) error = errno;                                                                \
  end_if_rent();                                                                                              \
  errno = error;                                                                                              \
  return -1;

ssize_t write(int file, const void *bytes, size_t size) {
  WRITING("write", NEXT(write)(file, bytes, size), NEXT(write)(file, bytes, size / 2))
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  WRITING("write", NEXT(pwrite)(file, bytes, size, offset), NEXT(pwrite)(file, bytes, size / 2, offset))
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  WRITING("write", NEXT(pwrite64)(file, bytes, size, offset), NEXT(pwrite64)(file, bytes, size / 2, offset))
}

#define OTHERWISE(operation, path, whole)                                                                     \
  int error;                                                                                                  \
  const char *name = path;                                                                                    \
  if (name == NULL || judge(operation, name, 0, &error) == 0) return whole;                                   \
  end_if_rent();                                                                                              \
  errno = error;                                                                                              \
  return -1;

int fsync(int file) { OTHERWISE("sync", name_of(file), NEXT(fsync)(file)) }
int fdatasync(int file) { OTHERWISE("sync", name_of(file), NEXT(fdatasync)(file)) }
int ftruncate(int file, off_t size) { OTHERWISE("truncate", name_of(file), NEXT(ftruncate)(file, size)) }
int ftruncate64(int file, off64_t size) { OTHERWISE("truncate", name_of(file), NEXT(ftruncate64)(file, size)) }

int rename(const char *from, const char *to) {
  OTHERWISE("rename", is_ours(from) ? from : NULL, NEXT(rename)(from, to))
}

int unlink(const char *path) {
  if (strncmp(path, "fault:", 6) == 0 && take_order(path)) return 0;
  OTHERWISE("unlink", is_ours(path) && access(path, F_OK) == 0 ? path : NULL, NEXT(unlink)(path))
}
