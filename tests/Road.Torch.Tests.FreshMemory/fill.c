#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
/* Preloaded, it fills what posix_memalign gives with the byte that ROAD_TEST_FILL names: libtorch and oneDNN allocate by it. */
int posix_memalign(void **memory, size_t alignment, size_t size)
{
    static int (*real)(void **, size_t, size_t);
    static int value = -1;
    if (!real) {
        real = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
        const char *text = getenv("ROAD_TEST_FILL");
        value = text ? atoi(text) : 0;
    }
    int error = real(memory, alignment, size);
    if (!error)
        memset(*memory, value, size);
    return error;
}
