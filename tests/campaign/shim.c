/* Stands between a program and its disk and clock (LD_PRELOAD), steered from outside by a shared page.
 *
 * Only files below `root` are ours. A sync of one of them is counted, may fail with EIO, may be the program's
 * last deed, and puts what it makes durable into `shadow`: `f<inode>` holds a file's bytes, `d<inode>` the
 * names of a folder. After a power cut the disk is built anew from the shadow alone; nothing else was promised.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    volatile int64_t clock_shift_s;
    volatile int64_t syncs;
    volatile int64_t fail_from;
    volatile int64_t fail_count;
    volatile int64_t die_at;
    volatile int64_t keep_shadow;
};

static struct control *control;
static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length;

int campaign_watch(const char *root_path, const char *shadow_path, const char *control_path) {
    int fd = open(control_path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return -1;
    void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (page == MAP_FAILED) return -1;
    snprintf(root, sizeof root, "%s/", root_path);
    snprintf(shadow, sizeof shadow, "%s", shadow_path);
    root_length = strlen(root);
    control = page;
    return 0;
}

static int is_ours(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 2);
    if (length <= 0) return 0;
    path[length] = '/';
    return (size_t)length + 1 >= root_length && strncmp(path, root, root_length) == 0;
}

static int copy_all(int from, int to) {
    char buffer[65536];
    off_t at = 0;
    for (;;) {
        ssize_t got = pread(from, buffer, sizeof buffer, at);
        if (got <= 0) return (int)got;
        for (ssize_t put = 0; put < got;) {
            ssize_t done = syscall(SYS_write, to, buffer + put, got - put);
            if (done < 0) return -1;
            put += done;
        }
        at += got;
    }
}

static int list_all(int folder, int to) {
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = again < 0 ? NULL : fdopendir(again);
    if (!names) return -1;
    for (struct dirent *entry; (entry = readdir(names));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            dprintf(to, "%llu %s\n", (unsigned long long)entry->d_ino, entry->d_name);
    closedir(names);
    return 0;
}

static int keep(int fd) {
    struct stat about;
    char link[64], part[PATH_MAX + 64], whole[PATH_MAX + 64];
    if (!control->keep_shadow) return 0;
    if (fstat(fd, &about)) return -1;
    int is_folder = S_ISDIR(about.st_mode);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    snprintf(part, sizeof part, "%s/part-%ld", shadow, syscall(SYS_gettid));
    snprintf(whole, sizeof whole, "%s/%c%llu", shadow, is_folder ? 'd' : 'f', (unsigned long long)about.st_ino);
    int from = is_folder ? dup(fd) : open(link, O_RDONLY | O_CLOEXEC);
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int failed = from < 0 || to < 0 || (is_folder ? list_all(from, to) : copy_all(from, to));
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    return failed || rename(part, whole) ? -1 : 0;
}

static int synced(int fd, const char *name) {
    if (!control || !is_ours(fd)) {
        int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
        return real(fd);
    }
    int64_t number = __sync_add_and_fetch(&control->syncs, 1);
    if (control->die_at && number >= control->die_at) {
        control->die_at = 0;
        kill(getpid(), SIGKILL);
    }
    int64_t from = control->fail_from;
    if (from && number >= from && number < from + control->fail_count) {
        errno = EIO;
        return -1;
    }
    return keep(fd);
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (!failed && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += control->clock_shift_s;
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
