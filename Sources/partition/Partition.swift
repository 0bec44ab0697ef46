import ArgumentParser

@main
struct Partition: ParsableCommand {}
