/// Why a program can't start with its configuration: one line that names where, which key, and what to do.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `file:line`, a variable or a flag; nil when it stands nowhere.
    public var place: String?
    /// The dotted key; nil when the trouble is with the file itself.
    public var key: String?
    /// What is wrong. Never holds a secret.
    public var problem: String
    /// What to do about it.
    public var remedy: String

    public init(place: String? = nil, key: String? = nil, problem: String, remedy: String) {
        self.place = place
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let head = [place, key].compactMap { $0 }.map { "\($0): " }.joined()
        return "\(head)\(problem); \(remedy)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
