/// An element of an answer, filled field by field.
protocol AnswerElement: Sendable {
    /// What the raw values of its fields in ``AnswerField`` begin with.
    static var prefix: String { get }
    init()
    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError)
    var unreadable: [AnswerField] { get set }
    var raw: [UInt8] { get set }
}

/// Turns the bytes of an answer into elements, in one pass.
struct AnswerDecoder: Sendable {
    private let tables: [String: FieldTable]
    private let map: FieldMap

    init(_ map: FieldMap) {
        self.map = map
        var tables: [String: FieldTable] = [:]
        for field in AnswerField.allCases {
            let prefix = field.rawValue.prefix { $0 != "." } + "."
            for name in map[field] { tables[String(prefix), default: FieldTable()].add(name, field) }
        }
        self.tables = tables
    }

    /// Every element of an array, the broken ones apart. `null` counts as an empty array.
    ///
    /// Throws when it is no array, or when it is broken in a way that leaves the ends of elements unknown.
    func list<Element: AnswerElement>(_: Element.Type, from answer: [UInt8]) throws(JSONSyntaxError) -> Listing<Element> {
        let body = Self.repairedUTF8(answer)
        var reader = ValueReader(scanner: JSONScanner(body), vocabulary: Vocabulary(map))
        var listing = Listing<Element>()
        if reader.scanner.take(word: "null") { return listing }
        guard reader.scanner.take(UInt8(ascii: "[")) else { throw reader.scanner.problem(body.isEmpty ? .cutOff : .notAnArray) }
        if !reader.scanner.take(UInt8(ascii: "]")) {
            let table = tables[Element.prefix] ?? FieldTable()
            repeat {
                _ = reader.scanner.peek()
                let start = reader.scanner.position
                do throws(JSONSyntaxError) {
                    listing.elements.append(try element(&reader, table))
                } catch {
                    reader.scanner.position = start
                    try reader.scanner.skipBrokenElement()
                    listing.malformed.append(malformed(error, body[start..<reader.scanner.position], index: listing.total))
                }
            } while reader.scanner.take(UInt8(ascii: ","))
            try reader.scanner.expect(UInt8(ascii: "]"))
        }
        guard reader.scanner.peek() == nil else { throw reader.scanner.problem(.trailing) }
        return listing
    }

    /// The one object the body is.
    func object<Element: AnswerElement>(_: Element.Type, from answer: [UInt8]) throws(JSONSyntaxError) -> Element {
        var reader = ValueReader(scanner: JSONScanner(Self.repairedUTF8(answer)), vocabulary: Vocabulary(map))
        let element: Element = try element(&reader, tables[Element.prefix] ?? FieldTable())
        guard reader.scanner.peek() == nil else { throw reader.scanner.problem(.trailing) }
        return element
    }

    private func element<Element: AnswerElement>(
        _ reader: inout ValueReader, _ table: FieldTable
    ) throws(JSONSyntaxError) -> Element {
        guard reader.scanner.peek() == UInt8(ascii: "{") else {
            throw reader.scanner.problem(reader.scanner.peek() == nil ? .cutOff : .notAnObject)
        }
        let start = reader.scanner.position
        reader.scanner.position += 1
        reader.scanner.needsRepair = false
        var element = Element()
        if !reader.scanner.take(UInt8(ascii: "}")) {
            repeat {
                let (key, escaped) = try reader.scanner.stringRange()
                try reader.scanner.expect(UInt8(ascii: ":"))
                guard let field = table.field(named: reader.scanner.bytes[key], escaped: escaped) else {
                    try reader.scanner.skip(depth: 1)
                    continue
                }
                reader.unreadable = false
                try element.read(field, &reader)
                if reader.unreadable { element.unreadable.append(field) }
            } while reader.scanner.take(UInt8(ascii: ","))
            try reader.scanner.expect(UInt8(ascii: "}"))
        }
        let text = reader.scanner.bytes[start..<reader.scanner.position]
        element.raw = reader.scanner.needsRepair ? JSONEscape.repaired(text) : Array(text)
        return element
    }

    private static func repairedUTF8(_ bytes: [UInt8]) -> [UInt8] {
        if (try? UTF8Span(validating: bytes.span)) != nil { return bytes }
        return Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    private func malformed(_ error: JSONSyntaxError, _ text: ArraySlice<UInt8>, index: Int) -> MalformedElement {
        MalformedElement(index: index, reason: error.description, raw: String(decoding: text.prefix(4096), as: UTF8.self))
    }
}

extension Listing {
    fileprivate var total: Int { elements.count + malformed.count }
}

/// The fields of one kind of element by name, without regard to case.
struct FieldTable: Sendable {
    private var fields: [UInt64: AnswerField] = [:]

    mutating func add(_ name: String, _ field: AnswerField) { fields[Self.hash(Array(name.utf8)[...])] = field }

    func field(named name: ArraySlice<UInt8>, escaped: Bool) -> AnswerField? {
        fields[Self.hash(escaped ? Array(JSONEscape.decode(name).utf8)[...] : name)]
    }

    /// FNV-1a over the bytes with ASCII capitals made small. With some fifty names a collision of 64 bits does not happen.
    private static func hash(_ name: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name {
            let small = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            hash = (hash ^ UInt64(small)) &* 0x100_0000_01B3
        }
        return hash
    }
}
