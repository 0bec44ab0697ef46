/// How many columns there are to print on.
public enum TextWidth {
  /// `nil` for any number, as in a file.
  @TaskLocal public static var columns: Int?
}
