import Dynamics
import FoundationEssentials
import Model
import PhoneNumbers
import Privacy

/// One row of an answer: an entry as it is now, or one that is gone.
enum DirectoryRow: Sendable, Hashable {
    case entry(DirectoryEntry)
    case deleted(UUID)
}

/// A contact, account or lead with its numbers.
struct DirectoryEntry: Sendable, Hashable {
    var id: UUID
    var name: String?
    var ownerID: UUID?
    var accountID: UUID?
    var isActive: Bool
    var mergedInto: UUID?
    var segment: String?
    var language: String?
    var version: Int64
    /// None for an entry that is not active.
    var numbers: [DirectoryNumber]
    /// Texts in columns for numbers that are none.
    var unreadable: Int
}

/// A number in one column of an entry.
struct DirectoryNumber: Sendable, Hashable {
    enum Form: String, Sendable, Hashable { case international, national, local }

    var field: String
    /// E.164, or the digits of a local form.
    var number: String
    var raw: String
    var form: Form
    var suffix: String
    var `extension`: String?
}

extension DirectoryRow {
    /// Nil: the row has no id.
    init?(_ row: ODataRow, _ columns: DirectoryColumns, _ parser: PhoneNumberParser) {
        if row.string("reason") == "deleted" || row.string("@odata.context")?.hasSuffix("/$deletedEntity") == true {
            guard let id = row.guid("id") ?? row.guid(columns.table.key) else { return nil }
            self = .deleted(id)
        } else {
            guard let entry = DirectoryEntry(row, columns, parser) else { return nil }
            self = .entry(entry)
        }
    }

    /// The rows without numbers that were erased. Costs nothing where none ever was.
    static func all(_ rows: [Self], without erased: ErasedNumbers) -> [Self] {
        erased.isEmpty ? rows : rows.map { $0.erasing(erased) }
    }

    /// Without numbers that were erased.
    private func erasing(_ numbers: ErasedNumbers) -> DirectoryRow {
        guard case .entry(var entry) = self else { return self }
        entry.numbers.removeAll { numbers.contains($0.number) || numbers.contains($0.raw) }
        if let name = entry.name.flatMap(numbers.masked) { entry.name = name }
        return .entry(entry)
    }

    var id: UUID {
        switch self {
        case .entry(let entry): entry.id
        case .deleted(let id): id
        }
    }
}

extension DirectoryEntry {
    init?(_ row: ODataRow, _ columns: DirectoryColumns, _ parser: PhoneNumberParser) {
        let table = columns.table
        guard let id = row.guid(table.key) else { return nil }
        let isMerged = row.bool("merged") ?? false
        self.init(
            id: id, name: row.string(table.nameColumn)?.tidied(toUTF16: 200), ownerID: row.guid("_ownerid_value"),
            accountID: table.accountColumn.flatMap { row.guid($0) },
            isActive: (row.int("statecode") ?? 0) == 0 && !isMerged, mergedInto: isMerged ? row.guid("_masterid_value") : nil,
            segment: columns.segment.flatMap { Self.text(row[$0]) }, language: columns.language.flatMap { Self.text(row[$0]) },
            version: Self.version(row.etag), numbers: [], unreadable: 0)
        guard isActive else { return }
        for field in columns.numbers {
            guard let text = row.string(field), !text.isEmpty else { continue }
            if let number = DirectoryNumber(text, field: field, parser) {
                numbers.append(number)
            } else {
                unreadable += 1
            }
        }
    }

    /// `W/"919042"`. 0 when the answer has none.
    private static func version(_ etag: String?) -> Int64 {
        etag.flatMap { Int64($0.filter(\.isNumber)) } ?? 0
    }

    private static func text(_ value: ODataValue?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text.tidied(toUTF16: 100)
        case .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        default: nil
        }
    }
}

extension DirectoryNumber {
    /// Fewer digits can't be told from extensions and service numbers.
    private static let shortestLocal = 5

    /// Nil: the text is no number.
    init?(_ text: String, field: String, _ parser: PhoneNumberParser) {
        let raw = text.tidied(toUTF16: PhoneNumber.longestRaw)
        var parsed = parser.parse(raw)
        if parsed.reason == .noCountry, let e164 = PhoneNumber(raw).e164 {
            // A country code without its plus sign, where no region says otherwise.
            parsed = parser.parse(e164)
            parsed.source = .region
        }
        if let e164 = parsed.e164 {
            self.init(
                field: field, number: e164, raw: raw, form: parsed.source == .countryCode ? .international : .national,
                suffix: parsed.national, extension: parsed.extension)
            return
        }
        // Without its area code, or without a region to read it by.
        let digits = (PhoneNumber.digits(of: raw) ?? "").drop { $0 == "0" }
        guard PhoneNumber(raw).kind == .national || parsed.reason == .localOnly, parsed.reason != .notANumber,
            (Self.shortestLocal...15).contains(digits.count)
        else { return nil }
        self.init(
            field: field, number: String(digits), raw: raw, form: .local, suffix: String(digits), extension: parsed.extension)
    }
}
