/// Bytes as decimal gigabytes for people, or megabytes where they are few.
func gigabytes(_ bytes: Double) -> String {
  bytes < 1e8 ? "\((bytes / 1e5).rounded() / 10) MB" : "\((bytes / 1e8).rounded() / 10) GB"
}
