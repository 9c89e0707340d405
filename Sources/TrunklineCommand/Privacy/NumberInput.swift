import Glibc

/// Numbers as the command takes them: as an argument, or, since those can be seen by everybody on the machine, asked for at a terminal or
/// read as the next line of standard input.
enum NumberInput {
    /// The number as it was given or typed; empty when there is none.
    ///
    /// - Parameter argument: nil and `-` mean that it comes by the other ways.
    static func typed(_ argument: String?) -> String {
        if let argument, argument != "-" { return argument }
        if isatty(STDIN_FILENO) == 1 { Terminal.ask("Number: ") }
        return readLine() ?? ""
    }
}
