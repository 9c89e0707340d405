/// A column a customer added to a standard table.
public struct DataverseCustomColumn: Sendable {
    public enum Kind: Sendable {
        case text(maxLength: Int)
        case memo(maxLength: Int)
        case integer, number, boolean, dateTime
        /// Points at one table, by logical name. The navigation property has the name of the column.
        case lookup(String)
        case choice([Int64: String])
    }

    public var table: String
    /// Logical name with the prefix.
    public var name: String
    public var kind: Kind
    /// Kept in a hash index.
    public var indexed: Bool

    public init(_ table: String, _ name: String, _ kind: Kind, indexed: Bool = false) {
        self.table = table
        self.name = name
        self.kind = kind
        self.indexed = indexed
    }

    /// The columns of the hub under its prefix.
    public static func standard(prefix: String) -> [DataverseCustomColumn] {
        [
            .init("systemuser", prefix + "userid", .text(maxLength: 100), indexed: true),
            .init("systemuser", prefix + "useremail", .text(maxLength: 320), indexed: true),
            .init("phonecall", prefix + "callid", .text(maxLength: 100), indexed: true),
            .init("phonecall", prefix + "callbackid", .text(maxLength: 100), indexed: true),
            .init("phonecall", prefix + "bundleid", .lookup("phonecall")),
            .init("phonecall", prefix + "recordingurl", .text(maxLength: 2000)),
            .init("phonecall", prefix + "recordingid", .text(maxLength: 200)),
            .init("phonecall", prefix + "transcripturl", .text(maxLength: 2000)),
            .init("phonecall", prefix + "transcriptid", .text(maxLength: 200)),
            .init("phonecall", prefix + "transcript", .memo(maxLength: 100_000)),
            .init("phonecall", prefix + "summary", .memo(maxLength: 10_000)),
            .init("phonecall", prefix + "queuename", .text(maxLength: 200)),
            .init("phonecall", prefix + "queueid", .text(maxLength: 100)),
            .init("phonecall", prefix + "userid", .text(maxLength: 100)),
            .init("phonecall", prefix + "durationseconds", .integer),
            .init("phonecall", prefix + "ringseconds", .integer),
            .init("phonecall", prefix + "answered", .boolean),
            .init("phonecall", prefix + "classification", .text(maxLength: 100)),
            .init("phonecall", prefix + "calltype", .text(maxLength: 100)),
            .init("phonecall", prefix + "legs", .memo(maxLength: 10_000)),
            .init("phonecall", prefix + "source", .text(maxLength: 100)),
            .init("phonecall", prefix + "tenant", .text(maxLength: 100)),
            .init("phonecall", prefix + "withdrawn", .boolean),
            .init("phonecall", prefix + "withdrawnreason", .text(maxLength: 200)),
        ]
    }

    var definition: ColumnDefinition {
        let kind: ColumnKind =
            switch self.kind {
            case .text(let maxLength): .text(maxLength: maxLength)
            case .memo(let maxLength): .memo(maxLength: maxLength)
            case .integer: .anyInteger
            case .number: .number
            case .boolean: .yesNo
            case .dateTime: .dateTime
            case .lookup(let target): .lookup([target])
            case .choice(let options): .choice(options.sorted { $0.key < $1.key }.map { ChoiceOption($0.key, $0.value) })
            }
        var definition = ColumnDefinition(name, kind, indexed: indexed)
        definition.isCustom = true
        return definition
    }
}
