import FoundationEssentials
import Model

/// The callback lists as the entity set `CallbackLists` of an OData v4 service.
enum CallbackListSet {
    static let name = "CallbackLists"
    static let columns = ["Id", "Name", "Deleted", "Profile", "OpenRequests", "LastRequestAt"]
    /// Those that are true or false.
    static let conditions: Set = ["Deleted"]

    struct List: Sendable, Hashable {
        var id: UUID
        var name: String
        var isDeleted: Bool
        /// The callback profile that takes it.
        var profile: String?
        /// Requests that the hub knows and that are not closed.
        var openRequests: Int
        var lastRequestAt: Date?

        var row: [String: ODataCell] {
            [
                "Id": .guid(id), "Name": .text(name), "Deleted": .bool(isDeleted),
                "Profile": profile.map(ODataCell.text) ?? .null,
                "OpenRequests": .number(openRequests), "LastRequestAt": lastRequestAt.map(Self.shown) ?? .null,
            ]
        }

        /// As it is shown: a client that filters by what it was shown finds the row.
        private static func shown(_ date: Date) -> ODataCell {
            .time(Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)))
        }
    }

    /// Everything but the key may be null: a column that may not would be business required in Dynamics.
    static let metadata = """
        <?xml version="1.0" encoding="utf-8"?>
        <edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
          <edmx:DataServices>
            <Schema Namespace="Trunkline" xmlns="http://docs.oasis-open.org/odata/ns/edm">
              <EntityType Name="CallbackList">
                <Key><PropertyRef Name="Id"/></Key>
                <Property Name="Id" Type="Edm.Guid" Nullable="false"/>
                <Property Name="Name" Type="Edm.String"/>
                <Property Name="Deleted" Type="Edm.Boolean"/>
                <Property Name="Profile" Type="Edm.String"/>
                <Property Name="OpenRequests" Type="Edm.Int32"/>
                <Property Name="LastRequestAt" Type="Edm.DateTimeOffset"/>
              </EntityType>
              <EntityContainer Name="Hub"><EntitySet Name="CallbackLists" EntityType="Trunkline.CallbackList"/></EntityContainer>
            </Schema>
          </edmx:DataServices>
        </edmx:Edmx>
        """

    /// Rows in one answer; a client may ask for fewer (`Prefer: odata.maxpagesize`), and follows the link to the next.
    static let mostRows = 250

    /// What an answer to a query holds.
    ///
    /// - Parameters:
    ///   - root: the service's own address, with a slash at its end.
    ///   - size: rows at most; what is left has a link.
    static func page(_ lists: [List], _ options: ODataOptions, root: String, size: Int = mostRows) -> [UInt8] {
        let matching = lists.map(\.row).filter { options.filter?.matches($0) ?? true }
        let sorted = matching.sorted { a, b in
            for (name, descending) in options.order {
                if let before = ODataCell.isBefore(a[name] ?? .null, b[name] ?? .null) { return before != descending }
            }
            return
                (ODataCell.isBefore(a["Name"] ?? .null, b["Name"] ?? .null)
                ?? ODataCell.isBefore(a["Id"] ?? .null, b["Id"] ?? .null))
                ?? false
        }
        let left = sorted.dropFirst(options.skip).prefix(options.top ?? .max).dropFirst(options.paged)
        let shown = left.prefix(max(1, min(size, mostRows)))
        var json = JSONText()
        json.object { json in
            json.member("@odata.context", context(root, options))
            if options.count { json.member("@odata.count", matching.count) }
            json.member("value", Array(shown)) { write($0, options, &$1) }
            if shown.count < left.count {
                let query = options.others.isEmpty ? "" : options.others + "&"
                json.member("@odata.nextLink", "\(root)\(name)?\(query)$skiptoken=\(options.paged + shown.count)")
            }
        }
        return json.bytes
    }

    /// One row.
    static func entity(_ list: List, _ options: ODataOptions, root: String) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("@odata.context", context(root, options) + "/$entity")
            members(list.row, options, &json)
        }
        return json.bytes
    }

    /// The list of sets at the service's root.
    static func service(root: String) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("@odata.context", root + "$metadata")
            json.member("value", [name]) { name, json in
                json.object { json in
                    json.member("name", name)
                    json.member("kind", "EntitySet")
                    json.member("url", name)
                }
            }
        }
        return json.bytes
    }

    static func failure(_ code: String, _ message: String) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("error") { json in
                json.member("code", code)
                json.member("message", message)
            }
        }
        return json.bytes
    }

    private static func context(_ root: String, _ options: ODataOptions) -> String {
        let selection = options.select.isEmpty ? "" : "(\(options.select.joined(separator: ",")))"
        return "\(root)$metadata#\(name)\(selection)"
    }

    private static func write(_ row: [String: ODataCell], _ options: ODataOptions, _ json: inout JSONText) {
        json.object { json in members(row, options, &json) }
    }

    private static func members(_ row: [String: ODataCell], _ options: ODataOptions, _ json: inout JSONText) {
        let names = options.select.isEmpty ? columns : options.select
        // Who does not ask for the key learns all the same which row it is.
        if !names.contains("Id"), case .guid(let id)? = row["Id"] { json.member("@odata.id", "\(name)(\(id.lowercase))") }
        for name in names { (row[name] ?? .null).write(name, to: &json) }
    }
}
