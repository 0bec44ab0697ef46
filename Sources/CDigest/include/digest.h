#ifndef PARTITION_DIGEST_H
#define PARTITION_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/// The compression function of SHA-256 (FIPS 180-4) on `count` blocks of 64 bytes, with the processor's own instructions
/// where it has them: models of many gigabytes are digested as fast as a disk reads them.
///
/// It is in C because Swift has no names for those instructions.
void partition_sha256(uint32_t state[_Nonnull 8], const uint8_t *_Nonnull blocks, size_t count);

/// The same in plain arithmetic, for other processors.
void partition_sha256_plain(uint32_t state[_Nonnull 8], const uint8_t *_Nonnull blocks, size_t count);

#endif
