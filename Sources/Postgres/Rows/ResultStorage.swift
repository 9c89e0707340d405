internal import CLibpq

/// Owns one result of libpq and frees it.
final class ResultStorage: @unchecked Sendable {
    // @unchecked: a PGresult never changes after libpq handed it out; it is freed once, when nobody refers to it any more.
    let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }
    deinit { PQclear(result) }

    var rows: Int { Int(PQntuples(result)) }
    var columns: Int { Int(PQnfields(result)) }

    func name(of column: Int) -> String {
        PQfname(result, Int32(column)).map { String(cString: $0) } ?? ""
    }

    func type(of column: Int) -> PostgresType { PostgresType(rawValue: PQftype(result, Int32(column))) }

    func column(named name: String) -> Int? {
        // PQfnumber folds case and understands quotes; names come from code, so compare plainly.
        for column in 0..<columns {
            if let candidate = PQfname(result, Int32(column)), name.withCString({ equal($0, candidate) }) { return column }
        }
        return nil
    }

    private func equal(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool {
        var index = 0
        while a[index] == b[index] {
            if a[index] == 0 { return true }
            index += 1
        }
        return false
    }

    func cell(row: Int, column: Int) -> Cell {
        let (row, number) = (Int32(row), Int32(column))
        let isNull = PQgetisnull(result, row, number) == 1
        let start: UnsafeMutablePointer<CChar>? = isNull ? nil : PQgetvalue(result, row, number)
        return Cell(
            storage: self, start: UnsafeRawPointer(start), count: isNull ? 0 : Int(PQgetlength(result, row, number)),
            type: PostgresType(rawValue: PQftype(result, number)), isText: PQfformat(result, number) == 0, column: column)
    }

    /// The number in the command's tag: rows changed, selected or copied.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// The command's tag, such as `INSERT 0 1`.
    var command: String { String(cString: PQcmdStatus(result)) }
}
