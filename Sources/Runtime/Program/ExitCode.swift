/// How the programs end, after sysexits(3).
public enum ExitCode {
    public static let success: Int32 = 0
    /// Something unexpected; the log says what.
    public static let failure: Int32 = 1
    /// The database's schema is another version's; `trunkline migrate`, or run the version that fits.
    public static let schemaMismatch: Int32 = 69
    /// A graceful stop took longer than it may.
    public static let stopTookTooLong: Int32 = 75
    /// The configuration can't work; the one line on standard error says why.
    public static let configuration: Int32 = 78
}
