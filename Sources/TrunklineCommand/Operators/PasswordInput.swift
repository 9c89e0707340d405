import Glibc
import Operations

/// Passwords as the command takes them: typed twice at a terminal without showing, or as the first line of standard input. Never as an
/// argument: those can be seen by everybody on the machine.
enum PasswordInput {
    /// - Throws: `OperatorError` when there is none, or it can't be taken.
    static func newPassword(for name: String) throws -> String {
        let password = isatty(STDIN_FILENO) == 1 ? try typedTwice() : readLine(strippingNewline: true) ?? ""
        if let objection = PasswordRule.objection(to: password, name: name) { throw OperatorError.usage(objection) }
        return password
    }

    private static func typedTwice() throws -> String {
        let first = typed("New password: ")
        guard first == typed("Again: ") else { throw OperatorError.usage("that was not the same twice") }
        return first
    }

    private static func typed(_ question: String) -> String {
        var shown = termios()
        tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Terminal.note("")
        }
        Terminal.ask(question)
        return readLine(strippingNewline: true) ?? ""
    }
}
