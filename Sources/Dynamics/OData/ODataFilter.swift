public import Foundation

/// A `$filter` expression, as text with its literals already written the OData way; percent-encoding is the URL's business.
public struct ODataFilter: Sendable, Hashable {
    public var text: String
    /// Whether it must be bracketed inside a larger expression.
    private var isCompound: Bool

    /// An expression as it stands. Literals in it must be escaped already: see ``ODataLiteral``.
    public init(_ text: String) {
        self.text = text
        self.isCompound = true
    }

    private init(simple text: String) {
        self.text = text
        self.isCompound = false
    }

    private var operand: String { isCompound ? "(\(text))" : text }

    public static func equal(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "eq", value) }
    public static func notEqual(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "ne", value) }
    public static func greater(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "gt", value) }
    public static func greaterOrEqual(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "ge", value) }
    public static func less(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "lt", value) }
    public static func lessOrEqual(_ property: String, _ value: ODataLiteral) -> Self { compare(property, "le", value) }

    private static func compare(_ property: String, _ operation: String, _ value: ODataLiteral) -> Self {
        Self(simple: "\(property) \(operation) \(value.text)")
    }

    public static func contains(_ property: String, _ text: String) -> Self { function("contains", property, text) }
    public static func startsWith(_ property: String, _ text: String) -> Self { function("startswith", property, text) }
    public static func endsWith(_ property: String, _ text: String) -> Self { function("endswith", property, text) }

    private static func function(_ name: String, _ property: String, _ text: String) -> Self {
        Self(simple: "\(name)(\(property),\(ODataLiteral.string(text).text))")
    }

    /// The property is one of the values. Written as the service's own query function, since it has no `in` operator.
    public static func `in`(_ property: String, _ values: [String]) -> Self {
        let list = values.map { "\"\(escapedForList($0))\"" }.joined(separator: ",")
        return Self(
            simple:
                "Microsoft.Dynamics.CRM.In(PropertyName='\(ODataLiteral.doubled(property))',PropertyValues=[\(list)])")
    }

    /// Inside the JSON-like list quotes and backslashes are escaped as in JSON.
    private static func escapedForList(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    public static func all(of filters: [ODataFilter]) -> Self { joined(filters, " and ") }
    public static func any(of filters: [ODataFilter]) -> Self { joined(filters, " or ") }
    public static func && (a: Self, b: Self) -> Self { all(of: [a, b]) }
    public static func || (a: Self, b: Self) -> Self { any(of: [a, b]) }
    public static prefix func ! (a: Self) -> Self { Self(simple: "not (\(a.text))") }

    private static func joined(_ filters: [ODataFilter], _ word: String) -> Self {
        filters.count == 1 ? filters[0] : Self(filters.map(\.operand).joined(separator: word))
    }
}

/// A value in a filter or a key, written as OData wants it.
public struct ODataLiteral: Sendable, Hashable {
    public var text: String

    /// In single quotes, with quotes inside doubled.
    public static func string(_ value: String) -> Self { Self(text: "'\(doubled(value))'") }
    public static func guid(_ value: UUID) -> Self { Self(text: value.uuidString.lowercased()) }
    public static func int(_ value: Int) -> Self { Self(text: String(value)) }
    public static func bool(_ value: Bool) -> Self { Self(text: value ? "true" : "false") }
    /// UTC, whole seconds.
    public static func date(_ value: Date) -> Self { Self(text: ODataDate.text(value)) }
    public static let null = Self(text: "null")

    static func doubled(_ value: String) -> String { value.replacing("'", with: "''") }
}
