import Mustache

/// The templates that the program carries (`Templates/*.mustache`), by their path without the ending: `jobs/list`.
struct TemplateLibrary: Sendable {
    private static let escaping = "CONSOLE"
    private let library: MustacheLibrary

    /// All of them, compiled once. One that can't be is a mistake of the build and stops the program.
    static let standard = TemplateLibrary(EmbeddedTemplates.files)

    init(_ files: [(name: String, text: String)]) {
        MustacheContentTypes.register(HTMLEscaping(), named: Self.escaping)
        var library = MustacheLibrary()
        for file in files {
            let name = String(file.name.dropLast(".mustache".count))
            do {
                try library.register("{{% CONTENT_TYPE:\(Self.escaping)}}" + Self.withoutIndentation(file.text), named: name)
            } catch {
                preconditionFailure("the template \(file.name) can't be read: \(error)")
            }
        }
        self.library = library
    }

    /// - Parameter model: a value whose properties the template names.
    func render(_ template: String, _ model: Any) -> String {
        guard let text = library.render(model, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        return text
    }

    func has(_ template: String) -> Bool { library.getTemplate(named: template) != nil }

    /// Templates are indented for their readers; pages need not be, and a part in another must not shift what it prints.
    static func withoutIndentation(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " || $0 == "\t" } }
            .filter { !$0.isEmpty }
            .joined(separator: "\n")
    }
}
