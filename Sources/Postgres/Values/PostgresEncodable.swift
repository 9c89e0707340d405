/// A Swift value that can be a parameter.
///
/// The value is asked to encode itself for the type that the server inferred for the parameter, so that an `Int` fits `int4` as well as
/// `int8` or `numeric`, and a `String` fits any type that has a text form.
public protocol PostgresEncodable: PostgresArrayEncodable, Sendable {
    /// The type assumed where the server does not say.
    static var postgresType: PostgresType { get }

    /// Writes the value, as binary or as text, or as NULL. Throws `PostgresError.Code.encoding` when it doesn't fit.
    func encode(into parameter: inout ParameterEncoder) throws
}

/// Takes one value.
public struct ParameterEncoder: ~Copyable {
    enum Form { case null, text, binary }

    /// What the server expects. `unspecified` asks for the text form.
    public internal(set) var type = PostgresType.unspecified
    var form = Form.null
    var buffer = ByteBuffer()

    init() {}

    /// The value is NULL.
    public mutating func null() { form = .null }

    /// The value in the type's text form.
    public mutating func text(_ text: String) {
        form = .text
        buffer.append(text)
    }

    /// The value in the type's text form, as UTF-8.
    public mutating func text(_ bytes: UnsafeRawBufferPointer) {
        form = .text
        buffer.append(bytes)
    }

    /// The value in the type's binary form.
    public mutating func binary(_ bytes: UnsafeRawBufferPointer) {
        form = .binary
        buffer.append(bytes)
    }

    /// The value in the type's binary form: an integer in network order. May be called several times.
    public mutating func binary<T: FixedWidthInteger>(_ value: T) {
        form = .binary
        buffer.append(value)
    }

    /// The error to throw for a value that does not fit; `what` must not quote the value.
    public func mismatch(_ what: String) -> PostgresError {
        PostgresError(.encoding, "\(what) does not fit the parameter's type (OID \(type.rawValue))")
    }
}
