/// Ends the command with one line on standard error and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    let exitCode: Int32

    /// What was asked could not be done: exit code 1.
    static func failed(_ line: String) -> CommandFailure { CommandFailure(description: line, exitCode: 1) }

    /// The arguments make no sense together, or name something that can't be: exit code 64 (EX_USAGE).
    static func usage(_ line: String) -> CommandFailure { CommandFailure(description: line, exitCode: 64) }

    /// The configuration is missing or wrong: exit code 78 (EX_CONFIG).
    static func configuration(_ line: String) -> CommandFailure { CommandFailure(description: line, exitCode: 78) }
}
