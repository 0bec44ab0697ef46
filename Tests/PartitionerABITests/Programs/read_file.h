/* What every program here begins with: the model's file, in memory. */
#ifndef READ_FILE_H
#define READ_FILE_H

#include <stdio.h>
#include <stdlib.h>

/* The content of a file, to be freed; NULL where it cannot be read. */
static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  char *content = NULL;
  if (fseek(file, 0, SEEK_END) == 0) {
    long length = ftell(file);
    rewind(file);
    if (length >= 0) {
      *size = (size_t)length;
      content = malloc(*size + 1);
      if (content != NULL && fread(content, 1, *size, file) != *size) {
        free(content);
        content = NULL;
      }
    }
  }
  fclose(file);
  return content;
}

#endif
