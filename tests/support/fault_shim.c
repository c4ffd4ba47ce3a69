/* SPDX-License-Identifier: PostgreSQL */
// Lets calls to the C library fail as a system lets them fail one day: to be preloaded (LD_PRELOAD) into the
// program under test by faults.py.
//
// Environment
//   FAULT=NAME:WHEN:HOW[,...]
//                        NAME   a function below; "malloc"; "any" for each of them but malloc
//                        WHEN   3: the third call; 3+: that and all later ones; odd: the first, third, fifth
//                        ... HOW    a number: fails with this errno; "kill": SIGKILL instead of the call;
//                               "short": takes up to 5,000 bytes of what was asked for, at random (with 1+)
//   FAULT_SEED=N         for "short"
//   FAULT_LOG=FILE       gets a line for each call but those to malloc: NAME MODULE+OFFSET, and FAULT if it
//   was let fail.
//                        The offset is that of the return address, by which the call can be found in the
//                        program.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

struct fault {
    char name[20];
    unsigned long first;
    int later_too;  // or only the first
    int odd_ones;
    int error;
    int kills;
    int shortens;
};

static struct fault faults[16];
static size_t fault_count;
static int log_file = -1;
static unsigned seed = 1;
static unsigned long calls_of_all;
static unsigned long calls_of_malloc;
static int ready;

static int parse(const char* text, struct fault* fault) {
    char when[20] = "";
    char how[20] = "";
    if (sscanf(text, "%19[^:]:%19[^:]:%19[^,]", fault->name, when, how) != 3) return 0;
    char* end = when;
    fault->first = strtoul(when, &end, 10);
    fault->later_too = *end == '+';
    fault->odd_ones = strcmp(when, "odd") == 0;
    fault->kills = strcmp(how, "kill") == 0;
    fault->shortens = strcmp(how, "short") == 0;
    fault->error = (int)strtol(how, NULL, 10);
    return fault->odd_ones || fault->first > 0;
}

__attribute__((constructor)) static void read_environment(void) {
    const char* const log = getenv("FAULT_LOG");
    if (log != NULL)
        log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getenv("FAULT_SEED") != NULL) seed = (unsigned)strtoul(getenv("FAULT_SEED"), NULL, 10);
    for (const char* text = getenv("FAULT"); text != NULL; text = strchr(text, ',')) {
        text += *text == ',';
        if (fault_count == sizeof faults / sizeof *faults || !parse(text, &faults[fault_count])) abort();
        ++fault_count;
    }
    ready = 1;  // what was called before is no business of the program's
}

static int is_named(const struct fault* fault, const char* name) {
    return strcmp(fault->name, name) == 0 || (strcmp(fault->name, "any") == 0 && strcmp(name, "malloc") != 0);
}

static int is_due(const struct fault* fault, unsigned long call) {
    if (fault->shortens) return 0;
    if (fault->odd_ones) return call % 2 == 1;
    return call == fault->first || (fault->later_too && call > fault->first);
}

// The fault that befalls this call, or none.
static const struct fault* find_fault(const char* name, unsigned long call, unsigned long call_of_all) {
    for (size_t i = 0; i < fault_count; ++i) {
        const int any = strcmp(faults[i].name, "any") == 0;
        if (is_named(&faults[i], name) && is_due(&faults[i], any ? call_of_all : call)) return &faults[i];
    }
    return NULL;
}

static void log_call(const char* name, const void* site, int failed) {
    if (log_file < 0) return;
    char line[400];
    Dl_info module = {0};
    const char* file = "?";
    if (dladdr(site, &module) != 0 && module.dli_fname != NULL) {
        const char* const slash = strrchr(module.dli_fname, '/');
        file = slash != NULL ? slash + 1 : module.dli_fname;
    }
    const int size =
        snprintf(line, sizeof line, "%s %.99s+%lx%s\n", name, file,
                 (unsigned long)((const char*)site - (const char*)module.dli_fbase), failed ? " FAULT" : "");
    syscall(SYS_write, log_file, line, (size_t)size);
}

// Whether the call fails: errno is set then.
static int fails(const char* name, unsigned long* calls, const void* site) {
    if (!ready) return 0;
    const int before = errno;
    const struct fault* const fault = find_fault(name, __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED),
                                                 __atomic_add_fetch(&calls_of_all, 1, __ATOMIC_RELAXED));
    log_call(name, site, fault != NULL);
    if (fault != NULL && fault->kills) syscall(SYS_kill, getpid(), SIGKILL);
    errno = fault != NULL ? fault->error : before;
    return fault != NULL;
}

static size_t shortened(const char* name, size_t size) {
    for (size_t i = 0; i < fault_count; ++i) {
        if (!faults[i].shortens || size == 0 || !is_named(&faults[i], name)) continue;
        const size_t most = 1 + (size_t)rand_r(&seed) % 5000;
        return size < most ? size : most;
    }
    return size;
}

void* __libc_malloc(size_t size);

void* malloc(size_t size) {
    const struct fault* fault = NULL;
    if (ready) fault = find_fault("malloc", __atomic_add_fetch(&calls_of_malloc, 1, __ATOMIC_RELAXED), 0);
    if (fault == NULL) return __libc_malloc(size);
    if (calls_of_malloc == fault->first) log_call("malloc", __builtin_return_address(0), 1);
    errno = ENOMEM;
    return NULL;
}

// A function with the C library's name, which fails with FAILURE or does what the C library's does.
#define SHIM(RESULT, NAME, PARAMETERS, ARGUMENTS, FAILURE)                     \
    RESULT NAME PARAMETERS {                                                   \
        static RESULT(*real) PARAMETERS;                                       \
        static unsigned long calls;                                            \
        if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, #NAME);            \
        if (fails(#NAME, &calls, __builtin_return_address(0))) return FAILURE; \
        return real ARGUMENTS;                                                 \
    }

SHIM(ssize_t, read, (int file, void* into, size_t size), (file, into, shortened("read", size)), -1)
SHIM(ssize_t, write, (int file, const void* from, size_t size), (file, from, shortened("write", size)), -1)
SHIM(ssize_t, pread, (int file, void* into, size_t size, off_t at),
     (file, into, shortened("pread", size), at), -1)
SHIM(ssize_t, pwrite, (int file, const void* from, size_t size, off_t at),
     (file, from, shortened("pwrite", size), at), -1)
SHIM(ssize_t, tee, (int from, int to, size_t size, unsigned flags), (from, to, shortened("tee", size), flags),
     -1)
SHIM(ssize_t, splice, (int from, off64_t* at, int to, off64_t* to_at, size_t size, unsigned flags),
     (from, at, to, to_at, shortened("splice", size), flags), -1)
SHIM(int, fsync, (int file), (file), -1)
SHIM(int, rename, (const char* from, const char* to), (from, to), -1)
SHIM(int, unlink, (const char* name), (name), -1)
SHIM(int, stat, (const char* name, struct stat* status), (name, status), -1)
SHIM(int, lstat, (const char* name, struct stat* status), (name, status), -1)
SHIM(int, fstat, (int file, struct stat* status), (file, status), -1)
SHIM(int, fchmod, (int file, mode_t mode), (file, mode), -1)
SHIM(int, fchown, (int file, uid_t user, gid_t group), (file, user, group), -1)
SHIM(int, flock, (int file, int operation), (file, operation), -1)
SHIM(ssize_t, flistxattr, (int file, char* into, size_t size), (file, into, size), -1)
SHIM(ssize_t, fgetxattr, (int file, const char* name, void* into, size_t size), (file, name, into, size), -1)
SHIM(int, fsetxattr, (int file, const char* name, const void* from, size_t size, int flags),
     (file, name, from, size, flags), -1)
SHIM(int, fremovexattr, (int file, const char* name), (file, name), -1)
SHIM(off_t, lseek, (int file, off_t offset, int whence), (file, offset, whence), -1)
SHIM(int, pipe2, (int ends[2], int flags), (ends, flags), -1)
SHIM(int, poll, (struct pollfd * files, nfds_t count, int timeout), (files, count, timeout), -1)
SHIM(int, isatty, (int file), (file), 0)
SHIM(ssize_t, readlink, (const char* name, char* into, size_t size), (name, into, size), -1)
SHIM(char*, realpath, (const char* name, char* resolved), (name, resolved), NULL)
SHIM(int, access, (const char* name, int mode), (name, mode), -1)
SHIM(locale_t, newlocale, (int mask, const char* name, locale_t base), (mask, name, base), NULL)
SHIM(iconv_t, iconv_open, (const char* to, const char* from), (to, from), (iconv_t)-1)
SHIM(size_t, iconv, (iconv_t state, char** in, size_t* in_left, char** out, size_t* out_left),
     (state, in, in_left, out, out_left), (size_t)-1)
SHIM(char*, getcwd, (char* into, size_t size), (into, size), NULL)

int open(const char* name, int flags, ...) {
    static int (*real)(const char*, int, mode_t);
    static unsigned long calls;
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "open");
    return fails("open", &calls, __builtin_return_address(0)) ? -1 : real(name, flags, mode);
}

// What <fcntl.h> makes of open() in a hardened build, where flags are not known beforehand.
SHIM(int, __open_2, (const char* name, int flags), (name, flags), -1)

int fcntl(int file, int command, ...) {
    static int (*real)(int, int, long);
    static unsigned long calls;
    va_list more;
    va_start(more, command);
    const long argument = va_arg(more, long);  // of those commands that have one
    va_end(more);
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "fcntl");
    return fails("fcntl", &calls, __builtin_return_address(0)) ? -1 : real(file, command, argument);
}

ssize_t writev(int file, const struct iovec* parts, int count) {
    static ssize_t (*real)(int, const struct iovec*, int);
    static unsigned long calls;
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "writev");
    if (fails("writev", &calls, __builtin_return_address(0))) return -1;
    const size_t less = shortened("writev", parts[0].iov_len);
    const struct iovec first = {parts[0].iov_base, less};
    return less < parts[0].iov_len ? real(file, &first, 1) : real(file, parts, count);
}

// The descriptor is closed all the same, as it is on Linux.
int close(int file) {
    static int (*real)(int);
    static unsigned long calls;
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "close");
    if (!fails("close", &calls, __builtin_return_address(0))) return real(file);
    const int error = errno;
    real(file);
    errno = error;
    return -1;
}
