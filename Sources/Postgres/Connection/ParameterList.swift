/// The parameters of one statement, or of a batch of them, as libpq takes them; used again and again by a connection.
struct ParameterList: ~Copyable {
    private var encoder = ParameterEncoder()
    private var offsets: [Int] = []
    private var capacity = 16
    private var values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private var lengths: UnsafeMutablePointer<Int32>
    private var formats: UnsafeMutablePointer<Int32>

    init() {
        values = .allocate(capacity: capacity)
        lengths = .allocate(capacity: capacity)
        formats = .allocate(capacity: capacity)
    }

    deinit {
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
    }

    mutating func clear() {
        encoder.buffer.clear()
        offsets.removeAll(keepingCapacity: true)
    }

    /// Encodes the parameters of one more statement for the types that the server inferred.
    mutating func add(_ parameters: [any PostgresEncodable], as types: [PostgresType]) throws {
        guard parameters.count == types.count else {
            throw PostgresError(.misuse, "the statement has \(types.count) parameters, \(parameters.count) were given")
        }
        reserve(parameters.count)
        for index in parameters.indices {
            let start = encoder.buffer.count
            encoder.type = types[index]
            encoder.form = .null
            do {
                try parameters[index].encode(into: &encoder)
            } catch var error as PostgresError {
                error.message = "parameter $\(index + 1): \(error.message)"
                throw error
            }
            guard encoder.buffer.count - start <= Int32.max else { throw encoder.mismatch("a value over 2 GB") }
            lengths[offsets.count] = Int32(encoder.buffer.count - start)
            formats[offsets.count] = encoder.form == .binary ? 1 : 0
            offsets.append(encoder.form == .null ? -1 : start)
            // libpq finds the end of a text parameter by its zero byte.
            encoder.buffer.append(UInt8(0))
        }
    }

    /// Settles the addresses; before this the buffer may still move.
    mutating func finish() {
        let base = encoder.buffer.base
        for index in offsets.indices {
            values[index] = offsets[index] < 0 ? nil : UnsafePointer((base + offsets[index]).assumingMemoryBound(to: CChar.self))
        }
    }

    /// The arrays for the statement whose parameters start at `first`.
    borrowing func arrays(
        from first: Int
    ) -> (values: UnsafePointer<UnsafePointer<CChar>?>, lengths: UnsafePointer<Int32>, formats: UnsafePointer<Int32>) {
        (UnsafePointer(values + first), UnsafePointer(lengths + first), UnsafePointer(formats + first))
    }

    private mutating func reserve(_ more: Int) {
        let needed = offsets.count + more
        guard needed > capacity else { return }
        let larger = max(needed, capacity * 2)
        func grow<T>(_ old: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<T> {
            let new = UnsafeMutablePointer<T>.allocate(capacity: larger)
            new.update(from: old, count: offsets.count)
            old.deallocate()
            return new
        }
        values = grow(values)
        lengths = grow(lengths)
        formats = grow(formats)
        capacity = larger
    }
}
