/// A part of a batch.
enum BatchPart {
    case operation(Operation)
    case changeSet([Operation])
    /// A part that cannot be read.
    case broken(WebError)

    var operations: Int {
        if case .changeSet(let operations) = self { operations.count } else { 1 }
    }
}

/// Reads `multipart/mixed` over bytes. Lenient: lines may end in LF alone, boundaries may be quoted or not, blank lines
/// may stand before a body, URLs may be absolute, relative to the host or to the service root.
struct BatchReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func boundary(of contentType: String) -> String? {
        guard contentType.lowercased().hasPrefix("multipart/mixed") else { return nil }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let text = parameter.trimmed
            guard text.lowercased().hasPrefix("boundary=") else { continue }
            let value = text.dropFirst(9)
            let boundary = value.first == "\"" ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != " " }
            return boundary.isEmpty ? nil : String(boundary)
        }
        return nil
    }

    func parts(boundary: String) throws(WebError) -> [BatchPart] {
        var parts: [BatchPart] = []
        for range in try ranges(boundary: boundary, in: 0..<bytes.count) { parts.append(part(range)) }
        return parts
    }

    private func part(_ range: Range<Int>) -> BatchPart {
        var position = range.lowerBound
        var contentType = ""
        var contentID: String?
        while let line = line(&position, range.upperBound), !line.isEmpty {
            guard let (name, value) = field(line) else { continue }
            if same(name, "content-type") { contentType = text(value) }
            if same(name, "content-id") { contentID = text(value) }
        }
        if contentType.lowercased().hasPrefix("multipart/mixed") {
            do throws(WebError) {
                guard let boundary = BatchReader.boundary(of: contentType) else { throw BatchReader.noBoundary }
                var operations: [Operation] = []
                for inner in try ranges(boundary: boundary, in: position..<range.upperBound) {
                    switch part(inner) {
                    case .operation(let operation): operations.append(operation)
                    case .changeSet: throw .url("A change set cannot hold a change set.")
                    case .broken(let error): throw error
                    }
                }
                return .changeSet(operations)
            } catch {
                return .broken(error)
            }
        }
        return request(position..<range.upperBound, contentID)
    }

    private func request(_ range: Range<Int>, _ contentID: String?) -> BatchPart {
        var position = range.lowerBound
        var first = line(&position, range.upperBound)
        while let line = first, line.isEmpty { first = self.line(&position, range.upperBound) }
        guard let first, let space = bytes[first].firstIndex(of: 0x20) else {
            return .broken(.url("A batch part holds no request."))
        }
        let method = text(first.lowerBound..<space).uppercased()
        var end = first.upperBound
        if let last = bytes[first].lastIndex(of: 0x20), last > space, same(last + 1..<min(last + 6, end), "http/") { end = last }
        var headers = OperationHeaders()
        headers.contentID = contentID
        while let line = line(&position, range.upperBound), !line.isEmpty {
            guard let (name, value) = field(line) else { continue }
            for known in BatchReader.headers where same(name, known) { headers.set("\(known)", text(value)) }
        }
        while position < range.upperBound, bytes[position] == 0x0D || bytes[position] == 0x0A { position += 1 }
        let (path, query) = BatchReader.split(text(space + 1..<end))
        return .operation(
            Operation(
                method: method, path: path, query: query, headers: headers,
                body: bytes[position..<max(position, range.upperBound)]))
    }

    private static let headers: [StaticString] = [
        "if-match", "if-none-match", "prefer", "content-id", "callerobjectid", "mscrmcallerid", "mscrm.solutionuniquename",
        "mscrm.mergelabels", "consistency",
    ]

    /// The path below the service root, and the query.
    static func split(_ url: String) -> (path: String, query: String) {
        let mark = url.firstIndex(of: "?") ?? url.endIndex
        var path = url[..<mark]
        let query = mark == url.endIndex ? "" : String(url[url.index(after: mark)...])
        if let root = ServiceRoot.end(of: path) { path = path[root...] }
        while path.first == "/" { path = path.dropFirst() }
        return (String(path), query)
    }

    // MARK: Bytes

    /// What stands between the delimiter lines of a boundary.
    private func ranges(boundary: String, in range: Range<Int>) throws(WebError) -> [Range<Int>] {
        let delimiter = Array("--\(boundary)".utf8)
        var found: [Range<Int>] = []
        var closed = false
        bytes.withUnsafeBufferPointer { bytes in
            var start: Int?
            var position = range.lowerBound
            while position < range.upperBound {
                var end = position
                while end < range.upperBound, bytes[end] != 0x0A { end += 1 }
                if end - position >= delimiter.count, bytes[position] == 0x2D, BatchReader.begins(bytes, at: position, delimiter)
                {
                    let after = position + delimiter.count
                    let final = after + 1 < range.upperBound && bytes[after] == 0x2D && bytes[after + 1] == 0x2D
                    if final || BatchReader.isBlank(bytes, after..<end) {
                        if let start {
                            var stop = position
                            if stop > start, bytes[stop - 1] == 0x0A { stop -= 1 }
                            if stop > start, bytes[stop - 1] == 0x0D { stop -= 1 }
                            found.append(start..<stop)
                        }
                        start = end + 1
                        if final {
                            closed = true
                            return
                        }
                    }
                }
                position = end + 1
            }
        }
        guard closed else {
            throw WebError(400, "0x80060888", "The batch is incomplete: its closing boundary '--\(boundary)--' is missing.")
        }
        return found
    }

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, _ part: [UInt8]) -> Bool {
        for index in 0..<part.count where bytes[position + index] != part[index] { return false }
        return true
    }

    private static func isBlank(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where bytes[index] != 0x0D && bytes[index] != 0x20 && bytes[index] != 0x09 { return false }
        return true
    }

    /// The next line without its end; nil when nothing is left.
    private func line(_ position: inout Int, _ end: Int) -> Range<Int>? {
        guard position < end else { return nil }
        let start = position
        var stop = start
        bytes.withUnsafeBufferPointer { bytes in
            while stop < end, bytes[stop] != 0x0A { stop += 1 }
        }
        position = stop + 1
        if stop > start, bytes[stop - 1] == 0x0D { stop -= 1 }
        return start..<stop
    }

    private func field(_ line: Range<Int>) -> (name: Range<Int>, value: Range<Int>)? {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var start = colon + 1
        while start < line.upperBound, bytes[start] == 0x20 { start += 1 }
        return (line.lowerBound..<colon, start..<line.upperBound)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func same(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for (index, place) in range.enumerated() {
            let byte = bytes[place]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            if lower != word.utf8Start[index] { return false }
        }
        return true
    }

    static let noBoundary = WebError(
        400, "0x80060888", "The message must be a batch of the content type 'multipart/mixed' with a boundary.")
}
