#ifndef PARTITION_EXCHANGE_H
#define PARTITION_EXCHANGE_H

/// Exchanges two folders or files of one file system in one step; 0 when it was done.
///
/// It is in C because the Swift overlay of glibc leaves out what needs `_GNU_SOURCE`.
int partition_exchange(const char *_Nonnull a, const char *_Nonnull b);

#endif
