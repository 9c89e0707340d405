import Foundation
import FoundationNetworking

/// A client of any OData v4 service: it knows the address and the key, learns everything else from the service, and takes it at its word.
struct ForeignClient {
    let root: String
    var headers: [String: String]
    let model: EntityModel

    typealias Row = [String: EdmValue]
    typealias Flaw = EntityModel.Flaw

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: Data

        var json: EdmValue? { try? JSONDecoder().decode(EdmValue.self, from: body) }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Page {
        var rows: [Row]
        var count: Int?
        var next: String?
    }

    /// Reads the metadata first, as every client does.
    init(root: String, headers: [String: String]) async throws {
        (self.root, self.headers) = (root, headers)
        let answer = try await Self.send(root + "$metadata", headers: headers.merging(["Accept": "application/xml"]) { $1 })
        guard answer.status == 200, answer.headers["content-type"]?.hasPrefix("application/xml") == true else {
            throw Flaw("the metadata: status \(answer.status), \(answer.headers["content-type"] ?? "no type")")
        }
        model = try EntityModel(answer.body)
    }

    // MARK: Asking

    func get(_ path: String, _ options: [(String, String)] = [], _ headers: [String: String] = [:], method: String = "GET")
        async throws -> Answer
    {
        var address = path.hasPrefix("http") ? path : root + path
        if !options.isEmpty { address += "?" + options.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&") }
        return try await Self.send(address, headers: self.headers.merging(headers) { $1 }, method: method)
    }

    /// One page, checked.
    func page(
        _ set: String, _ options: [(String, String)] = [], at link: String? = nil, size: Int? = nil
    ) async throws -> Page {
        let preference = size.map { ["Prefer": "odata.maxpagesize=\($0)"] } ?? [:]
        let answer = try await get(link ?? set, link == nil ? options : [], preference)
        let json = try checked(answer)
        guard case .object(let object) = json, let values = object["value"]?.list else { throw Flaw("no rows in \(answer.text)") }
        let selected = options.first { $0.0 == "$select" }?.1
        let context = "\(root)$metadata#\(set)\(selected.map { "(\($0))" } ?? "")"
        guard object["@odata.context"]?.text == context else {
            throw Flaw("the context \(object["@odata.context"]?.text ?? "") instead of \(context)")
        }
        guard Set(object.keys).isSubset(of: ["@odata.context", "@odata.count", "@odata.nextLink", "value"]) else {
            throw Flaw("members \(object.keys.sorted())")
        }
        if let size, values.count > size { throw Flaw("\(values.count) rows where \(size) were asked for") }
        if let size, answer.headers["preference-applied"] != "odata.maxpagesize=\(size)" { throw Flaw("no Preference-Applied") }
        let names = selected.map { $0.split(separator: ",").map(String.init) }
        return Page(
            rows: try values.map { try row($0, of: set, names) }, count: object["@odata.count"]?.number.map { Int($0) },
            next: object["@odata.nextLink"]?.text)
    }

    /// All rows, from page to page as the service leads.
    func rows(_ set: String, _ options: [(String, String)] = [], size: Int? = nil) async throws -> [Row] {
        var page = try await page(set, options, size: size)
        var rows = page.rows
        var pages = 1
        while let next = page.next {
            guard !page.rows.isEmpty, pages < 100 else { throw Flaw("a link that leads nowhere") }
            page = try await self.page(set, options, at: next, size: size)
            rows += page.rows
            pages += 1
        }
        return rows
    }

    /// One row by its key; nil: there is none.
    func row(_ set: String, key: String) async throws -> Row? {
        let answer = try await get("\(set)(\(key))")
        if answer.status == 404 {
            guard case .object(let error)? = answer.json?.object?["error"], error["code"]?.text?.isEmpty == false,
                error["message"]?.text?.isEmpty == false
            else { throw Flaw("no error in \(answer.text)") }
            return nil
        }
        let json = try checked(answer)
        guard case .object(var object) = json,
            object.removeValue(forKey: "@odata.context")?.text == "\(root)$metadata#\(set)/$entity"
        else { throw Flaw("another context in \(answer.text)") }
        return try row(.object(object), of: set, nil)
    }

    // MARK: Checking

    /// What every answer with JSON has: the version, the type, and its context before anything else.
    private func checked(_ answer: Answer) throws -> EdmValue {
        guard answer.status == 200 else { throw Flaw("status \(answer.status): \(answer.text)") }
        guard ["4.0", "4.01"].contains(answer.headers["odata-version"]) else { throw Flaw("no OData-Version") }
        guard answer.headers["content-type"]?.hasPrefix("application/json") == true else { throw Flaw("no JSON") }
        guard answer.text.hasPrefix(#"{"@odata.context":"#) else { throw Flaw("the context does not stand first") }
        guard let json = answer.json else { throw Flaw("no JSON: \(answer.text)") }
        return json
    }

    /// A row has every property that was asked for and no other, each of its type; its identity where the key was not asked for.
    private func row(_ value: EdmValue, of set: String, _ names: [String]?) throws -> Row {
        guard case .object(var row) = value else { throw Flaw("a row that is no object") }
        let type = try model.type(of: set)
        let expected = names ?? type.properties.map(\.name)
        let identity = row.removeValue(forKey: "@odata.id")
        guard Set(row.keys) == Set(expected) else { throw Flaw("a row with \(row.keys.sorted())") }
        for (name, value) in row {
            guard let property = type.property(name), value.isOne(of: property) else { throw Flaw("\(name) is \(value)") }
        }
        if !Set(type.key).isSubset(of: Set(expected)) {
            guard let identity = identity?.text else { throw Flaw("a row that nobody can find again") }
            row["@odata.id"] = .text(identity)
        }
        return row
    }

    // MARK: Sending

    private static func encoded(_ value: String) -> String {
        value.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? value
    }

    static func send(
        _ address: String, headers: [String: String] = [:], method: String = "GET", body: Data? = nil
    ) async throws -> Answer {
        guard let url = URL(string: address) else { throw Flaw("no address: \(address)") }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw Flaw("no HTTP") }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
        return Answer(status: response.statusCode, headers: fields, body: data)
    }
}
