internal import CLibpq

/// Takes the data of a COPY into the server. Only inside the closure it was given to.
///
/// Data is sent in portions; when the server is slower than the caller, writing waits. The server reports bad data only at the end.
public final class CopyWriter: @unchecked Sendable {
    // @unchecked: belongs to the loop's thread, like its connection.

    enum Format {
        case text
        case binary([PostgresType])
    }

    private let wire: Wire
    /// Cancels the COPY on the server.
    let canceller: @Sendable () -> Void
    private let format: Format
    private var encoder = ParameterEncoder()
    private var output = ByteBuffer(capacity: portion + 4_096)
    private static let portion = 64 * 1_024

    init(wire: Wire, format: Format, canceller: @escaping @Sendable () -> Void) {
        self.wire = wire
        self.canceller = canceller
        self.format = format
        if case .binary = format {
            output.append("PGCOPY\n")
            for byte in [0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0] as [UInt8] { output.append(byte) }
        }
    }

    /// Sends bytes as they are, in the format that the COPY statement names. Rows may be split anywhere.
    public func write(_ bytes: [UInt8]) async throws {
        bytes.withUnsafeBytes { output.append($0) }
        try await sendIfFull()
    }

    /// Sends text as it is.
    public func write(_ text: String) async throws {
        output.append(text)
        try await sendIfFull()
    }

    /// Sends one row, escaped for the text format or encoded for the binary one, whichever the COPY was started with.
    /// Throws `PostgresError.Code.encoding` when a value does not fit.
    public func row(_ values: [any PostgresEncodable]) async throws {
        try append(values)
        try await sendIfFull()
    }

    /// Sends one row of values whose types are known at compile time: quicker than an array of them.
    public func row<each T: PostgresEncodable>(_ values: repeat each T) async throws {
        var index = 0
        startRow(count: 0)
        for value in repeat each values {
            try append(value, index)
            index += 1
        }
        endRow(count: index)
        try await sendIfFull()
    }

    private func append(_ values: [any PostgresEncodable]) throws {
        startRow(count: values.count)
        for (index, value) in values.enumerated() { try append(value, index) }
        endRow(count: values.count)
    }

    private var rowStart = 0

    private func startRow(count: Int) {
        rowStart = output.count
        if case .binary = format { output.append(Int16(count)) }
    }

    private func endRow(count: Int) {
        switch format {
        case .text: output.append(UInt8(ascii: "\n"))
        case .binary: output.overwrite(Int16(count), at: rowStart)
        }
    }

    private func append(_ value: some PostgresEncodable, _ index: Int) throws {
        switch format {
        case .text:
            if index > 0 { output.append(UInt8(ascii: "\t")) }
            encoder.type = .unspecified
            encoder.form = .null
            encoder.buffer.clear()
            try value.encode(into: &encoder)
            if encoder.form == .null { output.append("\\N") } else { output.appendCopyEscaped(encoder.buffer.bytes) }
        case .binary(let types):
            guard index < types.count else { throw PostgresError(.misuse, "the row has more values than the COPY has columns") }
            try appendBinary(value, types[index])
        }
    }

    private func appendBinary(_ value: some PostgresEncodable, _ type: PostgresType) throws {
        encoder.type = type
        encoder.form = .null
        encoder.buffer.clear()
        try value.encode(into: &encoder)
        switch encoder.form {
        case .null:
            output.append(Int32(-1))
            return
        case .text where type == .jsonb:
            output.append(Int32(encoder.buffer.count + 1))
            output.append(UInt8(1))
        case .text where type == .numeric || type.hasOwnBinaryForm:
            throw encoder.mismatch("a value without a binary form (use COPY in text format)")
        case .text, .binary:
            output.append(Int32(encoder.buffer.count))
        }
        output.append(encoder.buffer.bytes)
    }

    private func sendIfFull() async throws {
        if output.count >= Self.portion { try await wire.loop.run { try await send() } }
    }

    private func send() async throws {
        if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
        let bytes = output.bytes
        guard PQputCopyData(wire.handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count)) == 1 else {
            throw wire.refused(nil)
        }
        output.clear()
        try await wire.flush()
    }

    /// Sends the rest.
    func finish() async throws {
        if case .binary = format { output.append(Int16(-1)) }
        try await send()
    }
}

extension ByteBuffer {
    /// Appends a value in COPY's text format.
    mutating func appendCopyEscaped(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        for index in bytes.indices {
            let letter: Unicode.Scalar
            switch bytes[index] {
            case UInt8(ascii: "\\"): letter = "\\"
            case UInt8(ascii: "\n"): letter = "n"
            case UInt8(ascii: "\r"): letter = "r"
            case UInt8(ascii: "\t"): letter = "t"
            default: continue
            }
            append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            append(UInt8(ascii: "\\"))
            append(UInt8(ascii: letter))
            start = index + 1
        }
        append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
}
