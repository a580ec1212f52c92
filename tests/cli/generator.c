/* The system's random number generator, failing as GENERATOR says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
    const char *how = getenv("GENERATOR");
    if (how && strcmp(how, "none") == 0)
        return 0;
    if (how && strcmp(how, "short") == 0)
        return syscall(SYS_getrandom, buffer, length < 7 ? length : 7, flags);
    errno = how && strcmp(how, "busy") == 0 ? EAGAIN : EIO;
    return -1;
}
