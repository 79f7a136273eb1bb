/*
 * Preloaded into nginx, so that its seconds and its draws are those of a test: both stand in a file that the two share,
 * the seconds first, then the state of a linear congruential generator.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

struct given {
    uint32_t seconds;
    uint32_t chance;
};

static volatile struct given *given;

__attribute__((constructor)) static void open_given(void)
{
    const char *path = getenv("GIVEN_TIME_AND_CHANCE");
    int file = path == NULL ? -1 : open(path, O_RDWR);
    void *memory;

    if (file < 0) {
        return;
    }

    memory = mmap(NULL, sizeof(struct given), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);

    if (memory != MAP_FAILED) {
        given = memory;
    }
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void) zone;
    now->tv_sec = given == NULL ? 0 : given->seconds;
    now->tv_usec = 0;
    return 0;
}

long random(void)
{
    if (given == NULL) {
        return 0;
    }

    given->chance = given->chance * 1664525u + 1013904223u;
    return given->chance >> 1;
}
