import Foundation
import Sandbox
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Simulated $metadata")
struct MetadataDocumentTests {
    /// An environment with a table, a lookup and a choice of a customer's, and its model.
    private func model() async throws -> EntityModelDocument {
        let client = DataverseClient()
        #expect(await client.send("POST", "EntityDefinitions", MetadataTests.table).status == 204)
        let relationship: JSON = [
            "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata", "SchemaName": "enr_callbackprofile_phonecall",
            "ReferencedEntity": "enr_callbackprofile", "ReferencingEntity": "phonecall",
            "Lookup": [
                "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata", "SchemaName": "enr_CallbackProfileId",
            ],
        ]
        #expect(await client.send("POST", "RelationshipDefinitions", relationship).status == 204)
        let answer = await client.get("$metadata")
        #expect(answer.response.headers["Content-Type"]?.hasPrefix("application/xml") == true)
        return try EntityModelDocument(answer.response.body)
    }

    @Test("every type that is referred to is declared, once")
    func references() async throws {
        let model = try await model()
        #expect(Set(model.types.keys).count == model.declarations.count, "a type is declared twice")
        #expect(model.references.count > 500)
        let unknown = Set(model.references.filter { model.type($0) == nil && !EntityModelDocument.primitives.contains($0) })
        #expect(unknown.isEmpty)
        for name in [
            "contact", "phonecall", "enr_callbackprofile", "principal", "ComplexStringAttributeMetadata", "WhoAmIResponse",
        ] {
            #expect(model.types[name] != nil, "\(name)")
        }
    }

    @Test("every entity type that has rows has one key, and no name twice")
    func keys() async throws {
        let model = try await model()
        for type in model.declarations where type.name == "EntityType" {
            let line = model.line(of: type)
            let keys = line.flatMap { $0.children("Key") }
            let isAbstract = type.attributes["Abstract"] == "true"
            #expect(keys.count == 1 || isAbstract && keys.isEmpty, "\(type.attributes["Name"] ?? "")")
            let properties = line.flatMap { $0.children("Property") + $0.children("NavigationProperty") }
                .compactMap { $0.attributes["Name"] }
            #expect(Set(properties).count == properties.count, "\(type.attributes["Name"] ?? "")")
            for key in keys.flatMap({ $0.children("PropertyRef") }) {
                let property = line.flatMap { $0.children("Property") }.first { $0.attributes["Name"] == key.attributes["Name"] }
                #expect(property?.attributes["Nullable"] == "false", "\(type.attributes["Name"] ?? "")")
            }
        }
    }

    @Test("what a client can't write is marked as computed")
    func computed() async throws {
        let phoneCall = try #require(try await model().types["phonecall"])
        let marked = phoneCall.children("Property").filter { property in
            property.children("Annotation").contains {
                $0.attributes["Term"] == "Org.OData.Core.V1.Computed" && $0.attributes["Bool"] == "true"
            }
        }.compactMap { $0.attributes["Name"] }
        #expect(Set(["_ownerid_value", "_enr_callbackprofileid_value", "createdon", "versionnumber"]).isSubset(of: marked))
        #expect(Set(["activityid", "subject", "statecode", "overriddencreatedon"]).isDisjoint(with: marked))
    }

    @Test("what a navigation leads to is a set that is there")
    func bindings() async throws {
        let model = try await model()
        let sets = model.sets
        #expect(sets["phonecalls"] == "phonecall" && sets["EntityDefinitions"] == "EntityMetadata")
        for set in model.container.children("EntitySet") {
            let type = try #require(model.type(set.attributes["EntityType"] ?? ""))
            for binding in set.children("NavigationPropertyBinding") {
                let path = binding.attributes["Path"]
                let navigation = try #require(
                    model.line(of: type).flatMap { $0.children("NavigationProperty") }.first { $0.attributes["Name"] == path })
                let target = sets[binding.attributes["Target"] ?? ""]
                #expect(EntityModelDocument.bare(navigation.attributes["Type"] ?? "") == target, "\(path ?? "")")
            }
        }
        let owner = model.line(of: try #require(model.types["phonecall"])).flatMap { $0.children("NavigationProperty") }
            .first { $0.attributes["Name"] == "ownerid" }
        #expect(owner?.attributes["Type"] == "mscrm.principal")
        #expect(model.types["systemuser"]?.attributes["BaseType"] == "mscrm.principal")
    }

    @Test("messages are declared where they are taken")
    func operations() async throws {
        let model = try await model()
        let imported = (model.container.children("ActionImport") + model.container.children("FunctionImport"))
            .compactMap { $0.attributes["Name"] }
        let unbound = model.operations.filter { $0.attributes["IsBound"] == nil }.compactMap { $0.attributes["Name"] }
        #expect(Set(imported) == Set(unbound))
        #expect(
            Set(imported) == [
                "WhoAmI", "Merge", "RouteTo", "RetrieveMetadataChanges", "CreateEntities", "PublishXml", "PublishAllXml",
                "InsertStatusValue", "InsertOptionValue", "DeleteOptionValue", "ReactivateEntityKey",
            ])
        func tables(_ name: String) -> Set<String> {
            Set(
                model.operations.filter { $0.attributes["Name"] == name }.compactMap { $0.children("Parameter").first }
                    .map { EntityModelDocument.bare($0.attributes["Type"] ?? "") })
        }
        #expect(tables("AddToQueue") == ["queue"] && tables("PickFromQueue") == ["queueitem"])
        #expect(tables("CreateMultiple").isSuperset(of: ["contact", "account", "lead", "enr_callbackprofile"]))
        #expect(!tables("CreateMultiple").contains("phonecall"))
    }
}

/// A model as a client reads it.
struct EntityModelDocument {
    static let primitives: Set<String> = [
        "Edm.Guid", "Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Int64", "Edm.Decimal", "Edm.Double", "Edm.Date",
        "Edm.DateTimeOffset",
    ]

    let declarations: [Element]
    let operations: [Element]
    let container: Element
    /// By name, without the namespace.
    let types: [String: Element]
    /// Everything that names a type or a message, without `Collection(…)`.
    let references: [String]

    init(_ document: [UInt8]) throws {
        let parser = XMLParser(data: Data(document))
        let reader = Reader()
        parser.delegate = reader
        try #require(parser.parse(), "it is not well-formed")
        let schemas = reader.root.all("Schema")
        let schema = try #require(schemas.first)
        try #require(schemas.count == 1 && schema.attributes["Alias"] == "mscrm")
        declarations = schema.elements.filter { ["EntityType", "ComplexType", "EnumType"].contains($0.name) }
        operations = schema.elements.filter { ["Action", "Function"].contains($0.name) }
        container = try #require(schema.children("EntityContainer").first)
        types = Dictionary(declarations.map { ($0.attributes["Name"] ?? "", $0) }) { first, _ in first }
        references = schema.references.map { reference in
            reference.hasPrefix("Collection(") ? String(reference.dropFirst("Collection(".count).dropLast()) : reference
        }
        let messages = Set(operations.compactMap { $0.attributes["Name"] })
        for element in container.elements {
            guard let message = element.attributes["Action"] ?? element.attributes["Function"] else { continue }
            try #require(messages.contains(Self.bare(message)))
        }
    }

    /// The name without namespace, alias and `Collection(…)`.
    static func bare(_ name: String) -> String {
        let single = name.hasPrefix("Collection(") ? String(name.dropFirst("Collection(".count).dropLast()) : name
        for prefix in ["mscrm.", "Microsoft.Dynamics.CRM."] where single.hasPrefix(prefix) {
            return String(single.dropFirst(prefix.count))
        }
        return single
    }

    func type(_ name: String) -> Element? { types[Self.bare(name)] }

    /// The type and those it is derived from.
    func line(of type: Element) -> [Element] {
        [type] + (type.attributes["BaseType"].flatMap { self.type($0) }.map { line(of: $0) } ?? [])
    }

    /// Types by set.
    var sets: [String: String] {
        Dictionary(
            container.children("EntitySet").map { ($0.attributes["Name"] ?? "", Self.bare($0.attributes["EntityType"] ?? "")) }
        ) { first, _ in first }
    }

    final class Element {
        let name: String
        let attributes: [String: String]
        fileprivate(set) var elements: [Element] = []

        init(_ name: String, _ attributes: [String: String] = [:]) { (self.name, self.attributes) = (name, attributes) }

        func children(_ name: String) -> [Element] { elements.filter { $0.name == name } }
        func all(_ name: String) -> [Element] { children(name) + elements.flatMap { $0.all(name) } }

        var references: [String] {
            ["Type", "BaseType", "EntityType"].compactMap { attributes[$0] } + elements.flatMap(\.references)
        }
    }

    private final class Reader: NSObject, XMLParserDelegate {
        let root = Element("")
        private var open: [Element] = []

        func parser(
            _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let new = Element(element, attributes)
            (open.last ?? root).elements.append(new)
            open.append(new)
        }

        func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }
    }
}
