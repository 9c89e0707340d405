/// How the text of a setting becomes a value, and how it may be shown.
public struct ValueForm<Value: Sendable>: Sendable {
    /// What a person would call it: `whole number from 1 to 65535`. Used in errors and in the documentation.
    public let name: String
    /// A secret may not stand in the configuration file or on the command line: `KEY_file` names a file that holds it, or the
    /// environment does.
    public let isSecret: Bool
    let parse: @Sendable (RawValue) throws(ValueProblem) -> Value
    let show: @Sendable (RawValue) -> String

    /// A form of one's own. `parse` throws ``ValueProblem``.
    public init(
        name: String, isSecret: Bool = false, show: @escaping @Sendable (RawValue) -> String = { $0.text },
        parse: @escaping @Sendable (RawValue) throws(ValueProblem) -> Value
    ) {
        self.name = name
        self.isSecret = isSecret
        self.show = show
        self.parse = parse
    }
}

/// A setting as written.
public struct RawValue: Sendable, Equatable {
    /// One text, or the elements of a list.
    public var texts: [String]
    public var origin: ValueOrigin

    /// The text; elements of a list joined by commas.
    public var text: String { texts.joined(separator: ", ") }

    /// The one text of a setting that is no list.
    public func single() throws(ValueProblem) -> String {
        guard texts.count == 1 else { throw ValueProblem("a list stands where one value belongs", remedy: "give one value") }
        return texts[0]
    }

    /// A path as the operator meant it: relative to the configuration file's folder when it stands there.
    public func path() throws(ValueProblem) -> String {
        let path = try single()
        guard !path.hasPrefix("/"), case .file(let file, _) = origin, let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

/// What is wrong with a value and what to do. Neither may hold a secret.
public struct ValueProblem: Error, Sendable, Equatable {
    public var problem: String
    public var remedy: String

    public init(_ problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}

/// Where a setting was found.
public enum ValueOrigin: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(String, line: Int)
    case standard

    public var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment(let name): name
        case .file(let path, let line): "\(path):\(line)"
        case .standard: "default"
        }
    }
}
