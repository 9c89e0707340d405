import Foundation
import Testing

@testable import Router

/// The description of the interface is one by OpenAPI's rules (OpenAPI Specification 3.1.0).
@Suite struct OpenAPITests {
    private typealias Object = [String: Any]

    private static func document() throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(OpenAPI.document.utf8)) as? Object)
    }

    /// What a local reference leads to.
    private static func resolve(_ reference: String, in document: Object) -> Object? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { ($0 as? Object)?[String($1)] } as? Object
    }

    /// An object, or what it refers to.
    private static func resolved(_ value: Any?, in document: Object) throws -> Object {
        let object = try #require(value as? Object)
        guard let reference = object["$ref"] as? String else { return object }
        // Beside a reference nothing counts.
        #expect(object.count == 1)
        return try #require(resolve(reference, in: document), "\(reference) leads nowhere")
    }

    private static func references(in value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(references) }
        guard let object = value as? Object else { return [] }
        return object.flatMap { name, value in (value as? String).map { name == "$ref" ? [$0] : [] } ?? references(in: value) }
    }

    @Test func `every reference leads somewhere, and everything that is kept for reference is referred to`() throws {
        let document = try Self.document()
        let references = Set(Self.references(in: document))
        for reference in references { #expect(Self.resolve(reference, in: document) != nil, "\(reference)") }
        let components = try #require(document["components"] as? Object)
        for (kind, members) in components where kind != "securitySchemes" {
            for name in try #require(members as? Object).keys { #expect(references.contains("#/components/\(kind)/\(name)")) }
        }
    }

    @Test func `every path, operation, answer and schema has what it has to have`() throws {
        let document = try Self.document()
        #expect((document["openapi"] as? String)?.hasPrefix("3.1.") == true)
        let info = try #require(document["info"] as? Object)
        #expect(info["title"] is String && info["version"] is String)
        let schemes = try #require((document["components"] as? Object)?["securitySchemes"] as? Object)
        for requirement in try #require(document["security"] as? [Object]) {
            #expect(Set(requirement.keys).isSubset(of: schemes.keys))
        }
        var ids: [String] = []
        for (path, item) in try #require(document["paths"] as? Object) {
            let item = try #require(item as? Object)
            #expect(path.hasPrefix("/") && Set(item.keys).isSubset(of: ["parameters", "get", "post"]))
            let placeholders = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
            let parameters = (item["parameters"] as? [Object] ?? []).filter { $0["in"] as? String == "path" }
            #expect(parameters.compactMap { $0["name"] as? String } == placeholders)
            #expect(parameters.allSatisfy { $0["required"] as? Bool == true && $0["schema"] is Object })
            for method in ["get", "post"] {
                guard let operation = item[method] as? Object else { continue }
                // An operation can't be a reference: only a path may be one.
                #expect(operation["$ref"] == nil)
                ids.append(try #require(operation["operationId"] as? String))
                if let body = operation["requestBody"] { try Self.checkContent(try Self.resolved(body, in: document), document) }
                for (status, answer) in try #require(operation["responses"] as? Object) {
                    let answer = try Self.resolved(answer, in: document)
                    #expect(Int(status).map { (100..<600).contains($0) } == true && answer["description"] is String)
                    if answer["content"] != nil { try Self.checkContent(answer, document) }
                }
            }
        }
        #expect(Set(ids).count == ids.count && ids.count == 3)
    }

    private static func checkContent(_ object: Object, _ document: Object) throws {
        for (type, media) in try #require(object["content"] as? Object) {
            #expect(type.contains("/"))
            try checkSchema(try resolved((media as? Object)?["schema"], in: document), document)
        }
    }

    /// Types are JSON's, what is required is described, and what stands inside is a schema again.
    private static func checkSchema(_ schema: Object, _ document: Object) throws {
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
        #expect(!types.isEmpty && Set(types).isSubset(of: ["string", "integer", "boolean", "object", "null"]))
        let properties = schema["properties"] as? Object ?? [:]
        #expect(Set(schema["required"] as? [String] ?? []).isSubset(of: properties.keys))
        for property in properties.values { try checkSchema(try resolved(property, in: document), document) }
        for property in (schema["patternProperties"] as? Object ?? [:]).values {
            try checkSchema(try resolved(property, in: document), document)
        }
    }

    @Test func `all that Enreach sends along is described`() throws {
        let extra = try #require(
            Self.resolve("#/components/schemas/Question/properties/extradata", in: try Self.document()))
        let names = try #require(extra["properties"] as? Object).keys
        #expect(Set(names) == ["CallId", "LegId", "CurrQueueId", "CurrUserId", "IsInternalCaller"])
        #expect((extra["patternProperties"] as? Object)?["^DYN_"] != nil)
    }
}
