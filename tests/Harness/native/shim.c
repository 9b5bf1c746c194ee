/*
 * shim.so - to be preloaded into a host. Counts the calls that the library makes of the system, and at the n-th one of chosen kinds
 * does what the control file says: kills the process, fails the call, cuts a write short, delays the call or holds it until it is
 * released. The control file (OMZ_SHIM names it) is shared with the harness; see ShimControl.cs. Nothing happens before
 * omz_shim_arm(1), nor in a thread between omz_shim_exempt(1) and omz_shim_exempt(0).
 *
 * The library takes most functions by dlsym from the C library itself, so that dlsym is replaced too.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* In the order of SystemCall in ShimControl.cs. */
enum kind {
    OPEN, MAKE_FOLDER, RENAME, WRITE, TRUNCATE, ALLOCATE, SYNC, REMOVE, LOCK, CLOSE, READ, LOOK, LIST, CHANGE, MAKE_THREAD, MAP, MALLOC, RUNTIME_MAP,
    KINDS
};

/* In the order of ShimAction in ShimControl.cs. */
enum action { COUNT, KILL_BEFORE, KILL_AFTER, FAIL, SHORT, ZERO, DELAY, HOLD };

enum { LARGE_MALLOC = 16 * 1024, WHAT_BYTES = 512, LOOK_NS = 200 * 1000 };

typedef struct {
    int32_t action, error;
    uint64_t kinds;
    int64_t at, times;
    int64_t delay_us;
    _Atomic int32_t armed, released;
    _Atomic int64_t count, hits, held;
    _Atomic int64_t of_kind[32];
    char what[WHAT_BYTES];
} control;

static control idle;
static control* shared = &idle;
static _Thread_local int exempt;
static void* (*real_dlsym)(void*, const char*);

__attribute__((visibility("default"))) void omz_shim_arm(int on);
__attribute__((visibility("default"))) void omz_shim_exempt(int on);

static void* next(const char* name)
{
    if (real_dlsym == NULL) {
        void* found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (found == NULL)
            found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
        if (found == NULL)
            found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
        *(void**)&real_dlsym = found;
    }
    return real_dlsym(RTLD_NEXT, name);
}

#define REAL(name) (real_##name != NULL ? real_##name : (*(void**)&real_##name = next(#name), real_##name))

__attribute__((constructor)) static void begin(void)
{
    const char* path = getenv("OMZ_SHIM");
    int fd;
    void* address;
    if (path == NULL)
        return;
    fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    address = (void*)syscall(SYS_mmap, NULL, sizeof(control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (address != MAP_FAILED)
        shared = address;
}

void omz_shim_arm(int on)
{
    atomic_store(&shared->armed, on);
}

void omz_shim_exempt(int on)
{
    exempt = on;
}

static void note(const char* name, const char* path, int fd)
{
    char link[64], target[256] = "";
    long length = 0;
    if (path == NULL && fd >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        length = syscall(SYS_readlinkat, AT_FDCWD, link, target, sizeof target - 1);
        target[length > 0 ? length : 0] = 0;
        path = target;
    }
    snprintf(shared->what, sizeof shared->what, "%s %s", name, path == NULL ? "" : path);
}

static void sleep_ns(int64_t ns)
{
    struct timespec time = {ns / 1000000000, ns % 1000000000};
    syscall(SYS_nanosleep, &time, NULL);
}

/* What is to be done at this call; everything that needs no help of the caller is done here. */
static enum action at(enum kind kind, const char* name, const char* path, int fd)
{
    int64_t number;
    int saved = errno;
    if (exempt || !atomic_load_explicit(&shared->armed, memory_order_relaxed))
        return COUNT;
    /* The runtime's own, on any thread: a machine without it ends every program. */
    if (path != NULL && strcmp(path, "/dev/urandom") == 0)
        return COUNT;
    atomic_fetch_add(&shared->of_kind[kind], 1);
    if ((shared->kinds >> kind & 1) == 0)
        return COUNT;
    number = atomic_fetch_add(&shared->count, 1) + 1;
    if (shared->action == COUNT || number < shared->at || number >= shared->at + shared->times)
        return COUNT;
    if (number == shared->at)
        note(name, path, fd);
    atomic_fetch_add(&shared->hits, 1);
    switch (shared->action) {
    case KILL_BEFORE:
        syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
        break;
    case DELAY:
        sleep_ns(shared->delay_us * 1000);
        break;
    case HOLD:
        atomic_fetch_add(&shared->held, 1);
        while (!atomic_load(&shared->released))
            sleep_ns(LOOK_NS);
        break;
    default:
        break;
    }
    errno = saved;
    return (enum action)shared->action;
}

static void after(enum action action)
{
    if (action == KILL_AFTER)
        syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
}

static int refuses(enum action action)
{
    if (action != FAIL)
        return 0;
    errno = shared->error;
    return 1;
}

/* A call that gives -1 and errno. */
#define PLAIN(type, kind, name, parameters, arguments, path, fd)                                                        \
    type name parameters                                                                                                \
    {                                                                                                                   \
        static type(*real_##name) parameters;                                                                           \
        type result;                                                                                                    \
        enum action action = at(kind, #name, path, fd);                                                                 \
        if (refuses(action))                                                                                            \
            return (type)-1;                                                                                            \
        result = REAL(name) arguments;                                                                                  \
        after(action);                                                                                                  \
        return result;                                                                                                  \
    }

PLAIN(int, CLOSE, close, (int fd), (fd), NULL, fd)
PLAIN(int, MAKE_FOLDER, mkdir, (const char* path, mode_t mode), (path, mode), path, -1)
PLAIN(int, MAKE_FOLDER, mkdirat, (int fd, const char* path, mode_t mode), (fd, path, mode), path, -1)
PLAIN(int, REMOVE, rmdir, (const char* path), (path), path, -1)
PLAIN(int, REMOVE, unlink, (const char* path), (path), path, -1)
PLAIN(int, REMOVE, unlinkat, (int fd, const char* path, int flags), (fd, path, flags), path, -1)
PLAIN(int, RENAME, rename, (const char* from, const char* to), (from, to), to, -1)
PLAIN(int, RENAME, renameat, (int fd, const char* from, int fd2, const char* to), (fd, from, fd2, to), to, -1)
PLAIN(int, RENAME, renameat2, (int fd, const char* from, int fd2, const char* to, unsigned flags), (fd, from, fd2, to, flags), to, -1)
PLAIN(int, RENAME, link, (const char* from, const char* to), (from, to), to, -1)
PLAIN(int, RENAME, linkat, (int fd, const char* from, int fd2, const char* to, int flags), (fd, from, fd2, to, flags), to, -1)
PLAIN(int, TRUNCATE, ftruncate, (int fd, off_t length), (fd, length), NULL, fd)
PLAIN(int, TRUNCATE, ftruncate64, (int fd, off64_t length), (fd, length), NULL, fd)
PLAIN(int, ALLOCATE, fallocate, (int fd, int mode, off_t offset, off_t length), (fd, mode, offset, length), NULL, fd)
PLAIN(int, ALLOCATE, fallocate64, (int fd, int mode, off64_t offset, off64_t length), (fd, mode, offset, length), NULL, fd)
PLAIN(int, SYNC, fsync, (int fd), (fd), NULL, fd)
PLAIN(int, SYNC, fdatasync, (int fd), (fd), NULL, fd)
PLAIN(int, SYNC, syncfs, (int fd), (fd), NULL, fd)
PLAIN(int, SYNC, sync_file_range, (int fd, off64_t offset, off64_t count, unsigned flags), (fd, offset, count, flags), NULL, fd)
PLAIN(int, LOCK, flock, (int fd, int operation), (fd, operation), NULL, fd)
PLAIN(ssize_t, READ, read, (int fd, void* buffer, size_t count), (fd, buffer, count), NULL, fd)
PLAIN(ssize_t, READ, pread, (int fd, void* buffer, size_t count, off_t offset), (fd, buffer, count, offset), NULL, fd)
PLAIN(ssize_t, READ, pread64, (int fd, void* buffer, size_t count, off64_t offset), (fd, buffer, count, offset), NULL, fd)
PLAIN(ssize_t, READ, readlink, (const char* path, char* buffer, size_t size), (path, buffer, size), path, -1)
PLAIN(ssize_t, READ, readlinkat, (int fd, const char* path, char* buffer, size_t size), (fd, path, buffer, size), path, -1)
PLAIN(int, LOOK, access, (const char* path, int mode), (path, mode), path, -1)
PLAIN(int, LOOK, faccessat, (int fd, const char* path, int mode, int flags), (fd, path, mode, flags), path, -1)
PLAIN(int, LOOK, stat, (const char* path, struct stat* to), (path, to), path, -1)
PLAIN(int, LOOK, lstat, (const char* path, struct stat* to), (path, to), path, -1)
PLAIN(int, LOOK, fstat, (int fd, struct stat* to), (fd, to), NULL, fd)
PLAIN(int, LOOK, fstatat, (int fd, const char* path, struct stat* to, int flags), (fd, path, to, flags), path, -1)
PLAIN(int, LOOK, statx, (int fd, const char* path, int flags, unsigned mask, struct statx* to), (fd, path, flags, mask, to), path, -1)
PLAIN(int, LOOK, statfs64, (const char* path, struct statfs64* to), (path, to), path, -1)
PLAIN(int, LOOK, fstatfs64, (int fd, struct statfs64* to), (fd, to), NULL, fd)
PLAIN(int, CHANGE, fchmod, (int fd, mode_t mode), (fd, mode), NULL, fd)
PLAIN(int, CHANGE, futimens, (int fd, const struct timespec times[2]), (fd, times), NULL, fd)
PLAIN(ssize_t, WRITE, sendfile64, (int to, int from, off64_t* offset, size_t count), (to, from, offset, count), NULL, to)

/* The C library's older names of stat. */
int __xstat64(int version, const char* path, struct stat64* to);
int __lxstat64(int version, const char* path, struct stat64* to);
int __fxstat64(int version, int fd, struct stat64* to);
PLAIN(int, LOOK, __xstat64, (int version, const char* path, struct stat64* to), (version, path, to), path, -1)
PLAIN(int, LOOK, __lxstat64, (int version, const char* path, struct stat64* to), (version, path, to), path, -1)
PLAIN(int, LOOK, __fxstat64, (int version, int fd, struct stat64* to), (version, fd, to), NULL, fd)

#define OPENING(name, parameters, arguments, last)                                                                      \
    int name parameters                                                                                                 \
    {                                                                                                                   \
        static int(*real_##name) parameters;                                                                            \
        int result;                                                                                                     \
        mode_t mode = 0;                                                                                                \
        enum action action = at(OPEN, #name, path, -1);                                                                 \
        if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {                                               \
            va_list list;                                                                                               \
            va_start(list, last);                                                                                       \
            mode = va_arg(list, mode_t);                                                                                \
            va_end(list);                                                                                               \
        }                                                                                                               \
        if (refuses(action))                                                                                            \
            return -1;                                                                                                  \
        result = REAL(name) arguments;                                                                                  \
        after(action);                                                                                                  \
        return result;                                                                                                  \
    }

OPENING(open, (const char* path, int flags, ...), (path, flags, mode), flags)
OPENING(open64, (const char* path, int flags, ...), (path, flags, mode), flags)
OPENING(openat, (int fd, const char* path, int flags, ...), (fd, path, flags, mode), flags)
OPENING(openat64, (int fd, const char* path, int flags, ...), (fd, path, flags, mode), flags)

static size_t some_of(enum action action, size_t count)
{
    return action == SHORT && count > 1 ? count / 2 : action == ZERO ? 0 : count;
}

#define WRITING(name, parameters, arguments)                                                                            \
    ssize_t name parameters                                                                                             \
    {                                                                                                                   \
        static ssize_t(*real_##name) parameters;                                                                        \
        ssize_t result;                                                                                                 \
        enum action action = at(WRITE, #name, NULL, fd);                                                                \
        if (refuses(action))                                                                                            \
            return -1;                                                                                                  \
        if (action == ZERO)                                                                                             \
            return 0;                                                                                                   \
        count = some_of(action, count);                                                                                 \
        result = REAL(name) arguments;                                                                                  \
        after(action);                                                                                                  \
        return result;                                                                                                  \
    }

WRITING(write, (int fd, const void* buffer, size_t count), (fd, buffer, count))
WRITING(pwrite, (int fd, const void* buffer, size_t count, off_t offset), (fd, buffer, count, offset))
WRITING(pwrite64, (int fd, const void* buffer, size_t count, off64_t offset), (fd, buffer, count, offset))

/* Half of the first range that is longer than a byte: the rest is left to be asked for again. */
#define GATHERING(name, parameters, arguments)                                                                          \
    ssize_t name parameters                                                                                             \
    {                                                                                                                   \
        static ssize_t(*real_##name) parameters;                                                                        \
        struct iovec part;                                                                                              \
        ssize_t result;                                                                                                 \
        enum action action = at(WRITE, #name, NULL, fd);                                                                \
        if (refuses(action))                                                                                            \
            return -1;                                                                                                  \
        if (action == ZERO)                                                                                             \
            return 0;                                                                                                   \
        if (action == SHORT && count > 0) {                                                                             \
            part = ranges[0];                                                                                           \
            part.iov_len = some_of(SHORT, part.iov_len);                                                                \
            ranges = &part;                                                                                             \
            count = 1;                                                                                                  \
        }                                                                                                               \
        result = REAL(name) arguments;                                                                                  \
        after(action);                                                                                                  \
        return result;                                                                                                  \
    }

GATHERING(writev, (int fd, const struct iovec* ranges, int count), (fd, ranges, count))
GATHERING(pwritev, (int fd, const struct iovec* ranges, int count, off_t offset), (fd, ranges, count, offset))
GATHERING(pwritev64, (int fd, const struct iovec* ranges, int count, off64_t offset), (fd, ranges, count, offset))
GATHERING(pwritev2, (int fd, const struct iovec* ranges, int count, off_t offset, int flags), (fd, ranges, count, offset, flags))

int fcntl(int fd, int command, ...)
{
    static int (*real_fcntl)(int, int, ...);
    va_list list;
    void* argument;
    enum action action = at(CHANGE, "fcntl", NULL, fd);
    va_start(list, command);
    argument = va_arg(list, void*);
    va_end(list);
    if (refuses(action))
        return -1;
    return REAL(fcntl)(fd, command, argument);
}

DIR* opendir(const char* path)
{
    static DIR* (*real_opendir)(const char*);
    enum action action = at(LIST, "opendir", path, -1);
    return refuses(action) ? NULL : REAL(opendir)(path);
}

DIR* fdopendir(int fd)
{
    static DIR* (*real_fdopendir)(int);
    enum action action = at(LIST, "fdopendir", NULL, fd);
    return refuses(action) ? NULL : REAL(fdopendir)(fd);
}

struct dirent64* readdir64(DIR* folder)
{
    static struct dirent64* (*real_readdir64)(DIR*);
    enum action action = at(LIST, "readdir64", NULL, dirfd(folder));
    return refuses(action) ? NULL : REAL(readdir64)(folder);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument)
{
    static int (*real_pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    enum action action = at(MAKE_THREAD, "pthread_create", NULL, -1);
    return refuses(action) ? shared->error : REAL(pthread_create)(thread, attributes, start, argument);
}

void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t offset)
{
    static void* (*real_mmap)(void*, size_t, int, int, int, off_t);
    enum action action = at(MAP, "mmap", NULL, fd);
    return refuses(action) ? MAP_FAILED : REAL(mmap)(address, length, protection, flags, fd, offset);
}

void* mmap64(void* address, size_t length, int protection, int flags, int fd, off64_t offset)
{
    static void* (*real_mmap64)(void*, size_t, int, int, int, off64_t);
    enum action action = at(RUNTIME_MAP, "mmap64", NULL, fd);
    return refuses(action) ? MAP_FAILED : REAL(mmap64)(address, length, protection, flags, fd, offset);
}

/* The library takes its memory by mmap; these two are the .NET runtime's, which does not survive all of their failures. */
PLAIN(int, RUNTIME_MAP, mprotect, (void* address, size_t length, int protection), (address, length, protection), NULL, -1)

/* The C library's own, which need not be looked up. */
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size)
{
    return size >= LARGE_MALLOC && refuses(at(MALLOC, "malloc", NULL, -1)) ? NULL : __libc_malloc(size);
}

void* calloc(size_t count, size_t size)
{
    return count * size >= LARGE_MALLOC && refuses(at(MALLOC, "calloc", NULL, -1)) ? NULL : __libc_calloc(count, size);
}

void* aligned_alloc(size_t alignment, size_t size)
{
    return size >= LARGE_MALLOC && refuses(at(MALLOC, "aligned_alloc", NULL, -1)) ? NULL : __libc_memalign(alignment, size);
}

static int kind_of_number(long number)
{
    switch (number) {
    case SYS_openat2: case SYS_openat: return OPEN;
    case SYS_renameat2: return RENAME;
    case SYS_mkdirat: return MAKE_FOLDER;
    case SYS_unlinkat: return REMOVE;
    case SYS_pwritev2: return WRITE;
    case SYS_fallocate: return ALLOCATE;
    case SYS_statx: return LOOK;
    default: return -1;
    }
}

long syscall(long number, ...)
{
    static long (*real_syscall)(long, ...);
    va_list list;
    long a, b, c, d, e, f, result;
    int kind = kind_of_number(number);
    enum action action = COUNT;
    va_start(list, number);
    a = va_arg(list, long);
    b = va_arg(list, long);
    c = va_arg(list, long);
    d = va_arg(list, long);
    e = va_arg(list, long);
    f = va_arg(list, long);
    va_end(list);
    if (kind >= 0)
        action = at((enum kind)kind, "syscall", (const char*)b, -1);
    if (refuses(action))
        return -1;
    result = REAL(syscall)(number, a, b, c, d, e, f);
    after(action);
    return result;
}

typedef struct {
    const char* name;
    void* function;
} replacement;

#define REPLACED(name) {#name, (void*)(intptr_t)name}

static const replacement replacements[] = {
    REPLACED(open), REPLACED(open64), REPLACED(openat), REPLACED(openat64), REPLACED(close), REPLACED(mkdir), REPLACED(mkdirat),
    REPLACED(rmdir), REPLACED(unlink), REPLACED(unlinkat), REPLACED(rename), REPLACED(renameat), REPLACED(renameat2), REPLACED(link),
    REPLACED(linkat), REPLACED(ftruncate), REPLACED(ftruncate64), REPLACED(fallocate), REPLACED(fallocate64), REPLACED(fsync),
    REPLACED(fdatasync), REPLACED(syncfs), REPLACED(sync_file_range), REPLACED(flock), REPLACED(read), REPLACED(pread),
    REPLACED(pread64), REPLACED(readlink), REPLACED(readlinkat), REPLACED(access), REPLACED(faccessat), REPLACED(stat),
    REPLACED(lstat), REPLACED(fstat), REPLACED(fstatat), REPLACED(statx), REPLACED(statfs64), REPLACED(fstatfs64), REPLACED(fchmod),
    REPLACED(futimens), REPLACED(sendfile64), REPLACED(write), REPLACED(pwrite), REPLACED(pwrite64), REPLACED(writev),
    REPLACED(pwritev), REPLACED(pwritev64), REPLACED(pwritev2), REPLACED(fcntl), REPLACED(opendir), REPLACED(fdopendir),
    REPLACED(readdir64), REPLACED(pthread_create), REPLACED(mmap), REPLACED(mmap64), REPLACED(mprotect), REPLACED(syscall),
};

void* dlsym(void* handle, const char* name)
{
    for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++)
        if (strcmp(replacements[i].name, name) == 0)
            return replacements[i].function;
    next("dlsym");
    return real_dlsym(handle, name);
}
