/// A type of the server, by its object identifier.
public struct PostgresType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The server was not asked, or does not know.
    public static let unspecified = Self(0)
    public static let bool = Self(16)
    public static let bytea = Self(17)
    public static let char = Self(18)
    public static let name = Self(19)
    public static let int8 = Self(20)
    public static let int2 = Self(21)
    public static let int4 = Self(23)
    public static let text = Self(25)
    public static let oid = Self(26)
    public static let json = Self(114)
    public static let xml = Self(142)
    public static let float4 = Self(700)
    public static let float8 = Self(701)
    public static let unknown = Self(705)
    public static let inet = Self(869)
    public static let bpchar = Self(1042)
    public static let varchar = Self(1043)
    public static let date = Self(1082)
    public static let time = Self(1083)
    public static let timestamp = Self(1114)
    public static let timestamptz = Self(1184)
    public static let interval = Self(1186)
    public static let numeric = Self(1700)
    public static let uuid = Self(2950)
    public static let jsonb = Self(3802)
    public static let void = Self(2278)

    /// The type of the elements, for the array types we know.
    var element: Self? { Self.elements[self] }

    /// The array type over this type, for the types we know.
    var array: Self { Self.arrays[self] ?? .unspecified }

    private static let arrays: [Self: Self] = [
        .bool: Self(1000), .bytea: Self(1001), .char: Self(1002), .name: Self(1003), .int2: Self(1005), .int4: Self(1007),
        .text: Self(1009), .bpchar: Self(1014), .varchar: Self(1015), .int8: Self(1016), .float4: Self(1021),
        .float8: Self(1022), .oid: Self(1028), .inet: Self(1041), .timestamp: Self(1115), .date: Self(1182), .time: Self(1183),
        .timestamptz: Self(1185), .interval: Self(1187), .numeric: Self(1231), .uuid: Self(2951), .json: Self(199),
        .jsonb: Self(3807), .xml: Self(143),
    ]

    private static let elements: [Self: Self] = Dictionary(uniqueKeysWithValues: arrays.map { ($0.value, $0.key) })

    /// Whether the type is known to us to have a binary form that differs from its text.
    var hasOwnBinaryForm: Bool { element != nil || (Self.arrays[self] != nil && !isText) }

    /// Whether the binary form of the type is its text in UTF-8.
    var isText: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .json, .xml, .unknown, .char: true
        default: false
        }
    }
}
