/// What the client throws where it does not return an outcome per operation.
public struct DynamicsError: Error, Sendable {
    public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        /// The sign-in service refused every credential, or one can't be read.
        public static let signIn = Self(rawValue: "sign_in")
        /// The environment refuses the token even after a renewal.
        public static let unauthorized = Self(rawValue: "unauthorized")
        /// The configuration can't work (address, file, certificate).
        public static let configuration = Self(rawValue: "configuration")
        /// The application user lacks a right.
        public static let privilege = Self(rawValue: "privilege")
        public static let throttled = Self(rawValue: "throttled")
        /// No answer, or a gateway's.
        public static let transient = Self(rawValue: "transient")
        /// The answer can't be read.
        public static let malformed = Self(rawValue: "malformed")
        public static let notFound = Self(rawValue: "not_found")
        /// Refused for what was asked.
        public static let refused = Self(rawValue: "refused")
    }

    public var code: Code
    /// What an operator should read and do; holds no secrets and no people's data.
    public var operatorText: String
    /// The service's answer, when there was one.
    public var fault: DynamicsFault?
    /// For ``Code/throttled``, when the service named a time.
    public var retryAfter: Duration?
    /// For ``Code/configuration``: the path of the file that is at fault.
    public var file: String?

    public init(
        _ code: Code, _ operatorText: String, fault: DynamicsFault? = nil, retryAfter: Duration? = nil, file: String? = nil
    ) {
        self.code = code
        self.operatorText = operatorText
        self.fault = fault
        self.retryAfter = retryAfter
        self.file = file
    }

    /// What an operator should read, with status and code of the answer.
    public var operatorTextWithCode: String { fault?.adding(to: operatorText) ?? operatorText }

    /// Whether the same request may succeed later with nobody doing anything.
    public var isTransient: Bool { code == .throttled || code == .transient || code == .malformed }
}

extension DynamicsError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        "Dynamics \(code): \(operatorText)" + (fault.map { " (\($0))" } ?? "")
    }
    public var debugDescription: String {
        "Dynamics \(code): \(operatorText)" + (fault.map { " (\($0.debugDescription))" } ?? "")
    }
}
