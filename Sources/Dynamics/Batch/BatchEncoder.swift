import NIOCore

/// Writes the body of a `$batch` request.
struct BatchEncoder {
    /// The path of the service root on its host, with the slash at the end: `/api/data/v9.2/`.
    let root: String
    let boundary: String

    var contentType: String { "multipart/mixed; boundary=\(boundary)" }

    func body(_ operations: some Collection<BatchOperation>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(operations.reduce(256) { $0 + size($1) })
        for (index, operation) in operations.enumerated() {
            buffer.writeString("--\(boundary)\r\n")
            switch operation {
            case .get(let query): write(query, to: &buffer)
            case .change(let change): write(change, contentID: nil, to: &buffer)
            case .changeSet(let changes): write(changes, number: index + 1, to: &buffer)
            }
        }
        buffer.writeString("--\(boundary)--\r\n")
        return buffer
    }

    private func size(_ operation: BatchOperation) -> Int {
        switch operation {
        case .get: 600
        case .change(let change): 400 + change.body.count
        case .changeSet(let changes): changes.reduce(200) { $0 + 400 + $1.body.count }
        }
    }

    private static let partHead: StaticString = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"

    private func write(_ query: ODataQuery, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(Self.partHead)
        buffer.writeString("\r\nGET \(root)\(ODataURL.target(query)) HTTP/1.1\r\nAccept: application/json\r\n")
        if let preference = ODataURL.preference(query) { buffer.writeString("Prefer: \(preference)\r\n") }
        buffer.writeStaticString("\r\n\r\n")
    }

    private func write(_ changes: [Change], number: Int, to buffer: inout ByteBuffer) {
        let inner = "changeset_\(number)_\(boundary)"
        buffer.writeString("Content-Type: multipart/mixed; boundary=\(inner)\r\n\r\n")
        for (index, change) in changes.enumerated() {
            buffer.writeString("--\(inner)\r\n")
            write(change, contentID: index + 1, to: &buffer)
        }
        buffer.writeString("--\(inner)--\r\n")
    }

    private func write(_ change: Change, contentID: Int?, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(Self.partHead)
        if let contentID { buffer.writeString("Content-ID: \(contentID)\r\n") }
        buffer.writeString("\r\n\(change.method.rawValue) \(target(change.path)) HTTP/1.1\r\n")
        if let condition = change.conditionHeader { buffer.writeString("\(condition.name): \(condition.value)\r\n") }
        for header in change.headers { buffer.writeString("\(header.name): \(header.value)\r\n") }
        if change.body.isEmpty {
            buffer.writeStaticString("\r\n\r\n")
        } else {
            buffer.writeStaticString("Content-Type: application/json\r\n\r\n")
            buffer.writeBytes(change.body)
            buffer.writeStaticString("\r\n")
        }
    }

    /// `$1` and the like refer to a change of the same change set and stay as they are.
    private func target(_ path: String) -> String {
        let encoded = ODataURL.encodedPath(path)
        return path.hasPrefix("$") ? encoded : root + encoded
    }
}

extension Change {
    var conditionHeader: (name: String, value: String)? {
        switch condition {
        case .none: nil
        case .absent: ("If-None-Match", "*")
        case .present: ("If-Match", "*")
        case .version(let etag): ("If-Match", etag)
        }
    }
}
