/// One setting a program knows: its name, form, default, and purpose.
public struct ConfigurationKey<Value: Sendable>: Sendable {
    /// Dotted, lower case, words joined by underscores: `http.port`. Inside a list relative to the element: `enreach.username`.
    public let name: String
    public let form: ValueForm<Value>
    /// The default as one would write it; nil means none.
    public let standard: String?
    /// True when a program can't start without it. Inside a list: when an element can't do without it.
    public let isRequired: Bool
    /// One sentence for the documentation.
    public let purpose: String

    /// A setting with a default.
    public init(_ name: String, _ form: ValueForm<Value>, default standard: String, _ purpose: String) {
        (self.name, self.form, self.standard, self.isRequired, self.purpose) = (name, form, standard, false, purpose)
    }

    /// A setting without a default.
    public init(_ name: String, _ form: ValueForm<Value>, required isRequired: Bool = false, _ purpose: String) {
        (self.name, self.form, self.standard, self.isRequired, self.purpose) = (name, form, nil, isRequired, purpose)
    }
}

/// A ``ConfigurationKey`` whatever its value's type.
public protocol DeclaredKey: Sendable {
    var name: String { get }
    var formName: String { get }
    var isSecret: Bool { get }
    var standard: String? { get }
    var isRequired: Bool { get }
    var purpose: String { get }
    /// Parses and forgets.
    func check(_ raw: RawValue) throws(ValueProblem)
    func show(_ raw: RawValue) -> String
}

extension ConfigurationKey: DeclaredKey {
    public var formName: String { form.name }
    public var isSecret: Bool { form.isSecret }
    public func check(_ raw: RawValue) throws(ValueProblem) { _ = try form.parse(raw) }
    public func show(_ raw: RawValue) -> String { form.show(raw) }
}
