/// Why what an operator asked for can't be done, in one line for that operator. The line may name numbers: it goes to who asked, not to a log.
package struct OperatorError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// It could not be done.
        case failed
        /// What was asked makes no sense, or names something that can't be.
        case usage
        /// The configuration is missing or wrong.
        case configuration
    }

    package let code: Code
    package let description: String

    package static func failed(_ line: String) -> OperatorError { OperatorError(code: .failed, description: line) }
    package static func usage(_ line: String) -> OperatorError { OperatorError(code: .usage, description: line) }
    package static func configuration(_ line: String) -> OperatorError { OperatorError(code: .configuration, description: line) }
}
