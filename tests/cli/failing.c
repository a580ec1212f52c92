/* Runs a program in which system calls fail: failing CALL=ERROR... -- PROGRAM ARGUMENT...
 *
 * Why not a library that is preloaded? The program does many of its system calls without the C library. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof array / sizeof *array)

static const struct { const char *name; int number; } calls[] = {
#ifdef SYS_link
    {"link", SYS_link},
#endif
    {"link", SYS_linkat},
#ifdef SYS_rename
    {"rename", SYS_rename},
#endif
#ifdef SYS_renameat
    {"rename", SYS_renameat},
#endif
    {"renameat2", SYS_renameat2},
    {"fsync", SYS_fsync},
    {"fsync", SYS_fdatasync},
    {"fchmod", SYS_fchmod},
    {"fchown", SYS_fchown},
    {"flock", SYS_flock},
    {"xattr", SYS_flistxattr},
    {"xattr", SYS_fgetxattr},
    {"xattr", SYS_fsetxattr},
};

static const struct { const char *name; int number; } errors[] = {
    {"EPERM", EPERM},   {"EACCES", EACCES}, {"EINVAL", EINVAL}, {"EXDEV", EXDEV},
    {"EIO", EIO},       {"ENOSYS", ENOSYS}, {"EMLINK", EMLINK}, {"ENOLCK", ENOLCK},
    {"EBUSY", EBUSY},   {"ENOSPC", ENOSPC}, {"EOPNOTSUPP", EOPNOTSUPP},
};

int main(int count, char **arguments) {
    struct sock_filter filter[2 * 64 + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned short length = 1;
    int index = 1;
    for (; index < count && strcmp(arguments[index], "--") && length < 2 * 32; index++) {
        char *error = strchr(arguments[index], '=');
        int number = 0;
        if (!error) return 120;
        *error++ = 0;
        for (size_t i = 0; i < COUNT(errors); i++)
            if (!strcmp(errors[i].name, error)) number = errors[i].number;
        if (!number) return 121;
        for (size_t i = 0; i < COUNT(calls); i++) {
            if (strcmp(calls[i].name, arguments[index])) continue;
            filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
            filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number);
        }
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 122;
    execv(arguments[index + 1], arguments + index + 1);
    return 123;
}
