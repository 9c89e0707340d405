import Foundation

/// What stands in the simulated Dataverse, its limits, and a human's hand in it.
extension AdminDoor {
    func dataverse(_ request: AdminRequest, _ path: [String]) throws -> SandboxResponse {
        switch (request.method, path.count, path.first) {
        case ("GET", 1, "duplicates"): return Self.json(server.dataverse.duplicates())
        case ("POST", 1, "expire-tokens"):
            server.dataverse.expireTokens()
            return Self.json(["expired": true])
        case ("POST", 1, "rotate-keys"):
            try server.dataverse.keys.rotate()
            return Self.json(["rotated": true])
        case ("POST", 1, "expire-delta-tokens"):
            try server.dataverse.expireDeltaTokens(request.parameters["set"])
            return Self.json(["expired": true])
        case ("POST", 1, "roles"): return try setRoles(request)
        case ("GET", 1, "webhooks"): return Self.json(server.dataverse.outbox.figures)
        case ("POST", 1, "generate"): return try generate(request)
        case ("POST", 2, let set?) where path[1] == "merge": return try merge(set, request)
        case ("GET", 1, let set?): return rows(set, request)
        case ("POST", 1, let set?): return try seed(set, request)
        case ("PATCH", 2, let set?): return try edit(set, path[1], request)
        case ("DELETE", 2, let set?):
            try server.dataverse.delete(set, id: path[1], as: request.parameters["as"])
            return Self.json(["deleted": path[1]])
        default: throw AdminFailure(404, "no such address; docs/sandbox.md lists them")
        }
    }

    func limits(_ request: AdminRequest) -> SandboxResponse {
        if request.method == "DELETE" { server.dataverse.resetLimitFigures() }
        return Self.json(LimitAnswer(figures: server.dataverse.limitFigures()))
    }

    /// The figures with their ratios beside them.
    private struct LimitAnswer: Encodable {
        var figures: DataverseLimitFigures

        private enum Ratio: String, CodingKey {
            case admissionRatio, burstRatio, throttledRatio
        }

        func encode(to encoder: any Encoder) throws {
            try figures.encode(to: encoder)
            var ratios = encoder.container(keyedBy: Ratio.self)
            try ratios.encode(figures.admissionRatio, forKey: .admissionRatio)
            try ratios.encode(figures.burstRatio, forKey: .burstRatio)
            try ratios.encode(figures.throttledRatio, forKey: .throttledRatio)
        }
    }

    private struct Roles: Decodable {
        var missingPrivileges: Set<String>?
        var localPrivileges: Set<String>?
        var usersWithoutRoles: Set<String>?
        var cannotOwn: Set<String>?
    }

    private func setRoles(_ request: AdminRequest) throws -> SandboxResponse {
        let roles = try request.decode(Roles.self)
        server.dataverse.setRoles(
            missingPrivileges: roles.missingPrivileges ?? [], localPrivileges: roles.localPrivileges ?? [],
            usersWithoutRoles: roles.usersWithoutRoles ?? [],
            cannotOwn: roles.cannotOwn ?? [])
        return Self.json(["set": true])
    }

    /// All rows of a table, or those with one value in one column: `?callid=` for phone calls, `?skip=` and `?top=`.
    private func rows(_ set: String, _ request: AdminRequest) -> SandboxResponse {
        let skip = request.integer("skip") ?? 0
        let top = request.integer("top") ?? 1000
        let shown: [DataverseRow]
        let total: Int
        if let call = request.parameters["callid"]?.lowercased() {
            let column = server.dataverse.configuration.customPrefix + "callid"
            let rows = server.dataverse.rows(set).filter { $0[column].string?.lowercased() == call }
            shown = Array(rows.dropFirst(skip).prefix(top))
            total = rows.count
        } else {
            shown = server.dataverse.rows(set, skip: skip, top: top)
            total = server.dataverse.count(set)
        }
        var writer = JSONWriter(capacity: shown.count * 600)
        writer.beginObject()
        writer.name("total")
        writer.value(total)
        writer.name("rows")
        writer.value(JSON.array(shown.map { row in withParties(row, set) }))
        writer.endObject()
        return SandboxResponse(status: 200, headers: ["Content-Type": "application/json"], body: writer.bytes)
    }

    private func withParties(_ row: DataverseRow, _ set: String) -> JSON {
        guard set == "phonecalls", var object = row.json.object else { return row.json }
        object["parties"] = .array(
            server.dataverse.parties(of: row.id).map { party in
                var shown = JSONObject(["mask": .integer(Int64(party.mask))])
                if let table = party.table { shown["table"] = .string(table) }
                if let id = party.id { shown["id"] = .string(id) }
                if let address = party.addressUsed { shown["addressused"] = .string(address) }
                if let name = party.unresolvedName { shown["name"] = .string(name) }
                return .object(shown)
            })
        return .object(object)
    }

    private struct MergeOrder: Decodable {
        var loser: String
        var winner: String
    }

    private func merge(_ set: String, _ request: AdminRequest) throws -> SandboxResponse {
        let order = try request.decode(MergeOrder.self)
        try server.dataverse.merge(set, loser: order.loser, into: order.winner, as: request.parameters["as"])
        return Self.json(["merged": order.winner])
    }

    private func generate(_ request: AdminRequest) throws -> SandboxResponse {
        Self.json(try server.dataverse.generate(try request.decode(GeneratedDirectory.self)))
    }

    private func seed(_ set: String, _ request: AdminRequest) throws -> SandboxResponse {
        let body = try JSON(parsing: request.body)
        return Self.json(["ids": try server.dataverse.seed(set, body.array ?? [body], as: request.parameters["as"])])
    }

    private func edit(_ set: String, _ id: String, _ request: AdminRequest) throws -> SandboxResponse {
        try server.dataverse.edit(set, id: id, try JSON(parsing: request.body), as: request.parameters["as"])
        return Self.json(["edited": id])
    }
}
