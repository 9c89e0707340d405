/// An answer of the service (or of something in front of it) that is not a success.
public struct DynamicsFault: Sendable, Hashable {
    /// HTTP status; 0 when there was no answer.
    public var status: Int
    /// The service's code as `0x` and eight lower-case hex digits, whatever notation it came in; a word or empty when it was one.
    public var code: String
    /// The service's own text. May hold names and numbers of people: for the operator, not for logs.
    public var message: String
    /// The beginning of the body when it was not the service's usual error document.
    public var bodyStart: String?
    /// The row that the text says is missing, when it names one.
    public var missing: MissingRow?
    /// The request failed as a whole because the service is down or out of reach (no answer, time-out, 5xx): that says nothing about any
    /// one of its operations.
    public var isOfRequest = false
    /// What an operator should read, where more is known than status and code say (a sign-in that was refused, for one).
    var advice: String?

    public struct MissingRow: Sendable, Hashable {
        /// As the text has it, for example `Contact` or `PhoneCall`.
        public var entity: String
        /// Lower case, no braces; empty when the text names none.
        public var id: String

        public init(entity: String, id: String) {
            self.entity = entity
            self.id = id
        }
    }

    public init(
        status: Int, code: String = "", message: String = "", bodyStart: String? = nil, missing: MissingRow? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.bodyStart = bodyStart
        self.missing = missing
    }
}

extension DynamicsFault: CustomStringConvertible, CustomDebugStringConvertible {
    /// Status and code only: safe for logs.
    public var description: String { code.isEmpty ? "HTTP \(status)" : "HTTP \(status), \(code)" }
    public var debugDescription: String {
        [description, message, bodyStart.map { "body begins: \($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    }
}
