/* platform.h - what the scenario programs ask of the operating system, the same on every one. */
#ifndef ABI_TESTS_PLATFORM_H
#define ABI_TESTS_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Makes a folder; must succeed. */
void make_folder(const char* path);

/* Memory whose end is the end of what may be read: the next page is forbidden. Stays until the process ends. */
uint8_t* before_a_forbidden_page(size_t bytes);

/* Lets no file of this process grow beyond so many bytes from now on; 0 where the system has no such limit. */
int limit_files_to(long bytes);

/* Of this process: threads, open files (on Windows all handles), resident memory in KiB, now and at most. */
long thread_count(void);
long open_file_count(void);
long resident_kib(void);
long peak_resident_kib(void);

/* Lets others run. */
void give_way(void);

#endif
