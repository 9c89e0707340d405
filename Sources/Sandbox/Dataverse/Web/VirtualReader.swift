import Foundation

/// Reads rows of a virtual table from its source, the way the OData v4 provider does: its metadata first, then what is asked for under the
/// source's names, page after page. What the source does wrong shows as the platform's general error.
struct VirtualReader: Sendable {
    private let asked: VirtualRead
    private static let mostPages = 100

    init(_ asked: VirtualRead) { self.asked = asked }

    private struct Trouble: Error {
        var text: String
    }

    func answer() async -> SandboxResponse {
        do {
            try await checkMetadata()
            switch asked.what {
            case .rows: return json(try await rows())
            case .row(let id): return try await row(id)
            case .count:
                let (_, text) = try await get(address("\(asked.set)/$count", options: ["$filter"]))
                return SandboxResponse(status: 200, headers: ["Content-Type": "text/plain"], body: text)
            }
        } catch let trouble as Trouble {
            return failure(
                WebError(500, "0x80040216", "An unexpected error occurred. The source of the virtual table: \(trouble.text)"))
        } catch let error as WebError {
            return failure(error)
        } catch {
            return failure(WebError(500, "0x80040216", "An unexpected error occurred."))
        }
    }

    // MARK: The source

    /// The set and the columns must be there, and the key a GUID.
    private func checkMetadata() async throws {
        let (_, body) = try await get(asked.root + "$metadata")
        let text = String(decoding: body, as: UTF8.self)
        guard text.contains("<EntitySet Name=\"\(asked.set)\"") else { throw Trouble(text: "no entity set \(asked.set)") }
        for column in asked.columns where !text.contains("<Property Name=\"\(column.external)\"") {
            throw Trouble(text: "no property \(column.external)")
        }
        guard let key = asked.columns.first,
            text.contains("<Property Name=\"\(key.external)\" Type=\"Edm.Guid\" Nullable=\"false\"/>"),
            text.contains("<PropertyRef Name=\"\(key.external)\"/>")
        else { throw Trouble(text: "the key is no Edm.Guid") }
    }

    private func get(_ address: String) async throws -> (Int, [UInt8]) {
        let answer = await LoopbackClient(patience: 30).get(address, headers: asked.headers)
        guard let answer else { throw Trouble(text: "no answer") }
        guard answer.status == 200 || answer.status == 404 else { throw Trouble(text: "HTTP status \(answer.status)") }
        return (answer.status, answer.body)
    }

    /// All pages; what was not asked for by `$top` goes on as long as the source's links, or full pages, say that there is more.
    private func rows() async throws -> JSONObject {
        var rows: [JSON] = []
        var count: JSON?
        var next: String? = try address(asked.set, options: ["$filter", "$orderby", "$top", "$skip", "$count"])
        var pages = 0
        while let address = next, pages < Self.mostPages {
            let (status, body) = try await get(address)
            guard status == 200, let page = try? JSON(parsing: body), let value = page["value"]?.array else {
                throw Trouble(text: "no page of rows")
            }
            rows += try value.map(translated)
            count = count ?? page["@odata.count"]
            next = asked.pagesByLinks ? page["@odata.nextLink"]?.string : nil
            pages += 1
        }
        var answer = JSONObject(["@odata.context": .string(asked.context)])
        if let count { answer["@odata.count"] = count }
        answer["value"] = .array(rows)
        return answer
    }

    private func row(_ id: Guid) async throws -> SandboxResponse {
        let (status, body) = try await get(address("\(asked.set)(\(id))", options: []))
        guard status == 200 else {
            throw WebError(404, "0x80040217", "Entity '\(asked.table)' With Id = \(id) Does Not Exist")
        }
        guard let row = try? JSON(parsing: body), case .object(var object) = try translated(row) else {
            throw Trouble(text: "no row")
        }
        object["@odata.context"] = .string(asked.context + "/$entity")
        return json(object)
    }

    // MARK: Names

    private func address(_ path: String, options: [String]) throws -> String {
        var pairs = asked.parameters
        pairs.append(("$select", try selected.map(\.external).joined(separator: ",")))
        for (name, value) in asked.options where options.contains(name) { pairs.append((name, try translated(value))) }
        if path.hasSuffix("$count") { pairs.removeAll { $0.name == "$select" } }
        let query = pairs.map { "\(URLText.encode($0.name, keeping: "$"))=\(URLText.encode($0.value))" }.joined(separator: "&")
        return asked.root + path + (query.isEmpty ? "" : "?" + query)
    }

    /// The columns asked for; the key always.
    private var selected: [(name: String, external: String)] {
        get throws {
            guard let select = asked.options.first(where: { $0.name == "$select" })?.value else { return asked.columns }
            let names = select.split(separator: ",").map { $0.trimmed }
            for name in names where asked.external(name) == nil {
                throw WebError.url("Could not find a property named '\(name)' on type 'Microsoft.Dynamics.CRM.\(asked.table)'.")
            }
            return asked.columns.enumerated().filter { $0.offset == 0 || names.contains($0.element.name) }.map(\.element)
        }
    }

    /// The words outside of quotes that are names of columns here become those of the source.
    private func translated(_ text: String) throws -> String {
        var (result, word, isQuoted) = ("", "", false)
        func flush() {
            result += asked.external(word) ?? word
            word = ""
        }
        for character in text {
            if !isQuoted, character.isLetter || character.isNumber || character == "_" || character == "-" {
                word.append(character)
                continue
            }
            flush()
            if character == "'" { isQuoted.toggle() }
            result.append(character)
        }
        flush()
        return result
    }

    private func translated(_ row: JSON) throws -> JSON {
        guard case .object(let object) = row, let key = asked.columns.first, let id = object[key.external]?.string,
            Guid(id) != nil
        else {
            throw Trouble(text: "a row without its key")
        }
        var result = JSONObject([:])
        for column in try selected { result[column.name] = object[column.external] ?? .null }
        return .object(result)
    }

    private func json(_ object: JSONObject) -> SandboxResponse {
        SandboxResponse(
            status: 200, headers: ["Content-Type": "application/json; odata.metadata=minimal"], body: JSON.object(object).encoded)
    }

    private func failure(_ error: WebError) -> SandboxResponse {
        SandboxResponse(
            status: error.status, headers: ["Content-Type": "application/json; odata.metadata=minimal"], body: error.body)
    }
}
