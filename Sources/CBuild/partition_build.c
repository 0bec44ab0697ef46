#include "partition_build.h"

#define TEXT_OF(token) #token
#define TEXT(token) TEXT_OF(token)

const char *partition_build_commit(void) {
#ifdef PARTITION_COMMIT
  return TEXT(PARTITION_COMMIT)
#ifdef PARTITION_CHANGED
      "+"
#endif
      ;
#else
  return "";
#endif
}
