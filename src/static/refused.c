/* SPDX-License-Identifier: PostgreSQL */
/* What a program without shared objects cannot do. These are linked in place of the C library's functions of
 * the same names, which would load modules made for another C library than the one that is in this program.
 */
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stddef.h>

void* dlopen(const char* file, int mode) {
    (void)file;
    (void)mode;
    return NULL;
}

char* dlerror(void) {
    static char why[] = "this program is linked statically and takes no plug-ins";
    return why;
}

void* dlsym(void* restrict handle, const char* restrict name) {
    (void)handle;
    (void)name;
    return NULL;
}

int dlclose(void* handle) {
    (void)handle;
    return -1;
}

iconv_t iconv_open(const char* to, const char* from) {
    (void)to;
    (void)from;
    errno = EINVAL;
    return (iconv_t)-1;
}

size_t iconv(iconv_t state, char** restrict in, size_t* restrict in_left, char** restrict out,
             size_t* restrict out_left) {
    (void)state;
    (void)in;
    (void)in_left;
    (void)out;
    (void)out_left;
    errno = EBADF;
    return (size_t)-1;
}

int iconv_close(iconv_t state) {
    (void)state;
    return 0;
}
