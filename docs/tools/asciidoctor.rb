# SPDX-License-Identifier: BSD-3-Clause
#
# What Asciidoctor lacks for this book; the Makefile loads it with -r, for HTML
# and for PDF.
#
# 1. A Rouge lexer for our .S files: GNU as, AT&T syntax, before the C
#    preprocessor.  Rouge 3 has none.  It is `[source,gas]`.
# 2. A colour theme, `book`: dark on light, comments as legible as code, since
#    here they carry half of the meaning.
# 3. In the PDF, coloured edges of listings, and tables with many columns in
#    smaller letters (at the end).
# 4. Lines that mark a region for the lab tool (`LAB 01.1 begin ...`) are left
#    out of listings: they say nothing about the program.
require 'asciidoctor'
require 'asciidoctor/extensions'
require 'rouge'

Asciidoctor::Extensions.register do
  tree_processor do
    process do |document|
      document.find_by(context: :listing).each do |block|
        block.lines.reject! { |line| line =~ /\bLAB \S+ (begin|end)\b/ }
      end
      document
    end
  end
end

module Rouge
  module Lexers
    class Gas < RegexLexer
      title 'GNU assembler'
      desc 'x86 assembly in AT&T syntax, with C preprocessor lines'
      tag 'gas'
      filenames '*.S', '*.s'

      state :root do
        rule %r{^[ \t]*#[ \t]*(include|define|undef|if|ifdef|ifndef|else|elif|endif|error)\b.*?$},
             Comment::Preproc
        rule %r{/\*.*?\*/}m, Comment::Multiline
        rule %r{//.*?$}, Comment::Single
        rule %r{#.*?$}, Comment::Single
        rule %r{^[ \t]*[\w.$]+:}, Name::Label
        rule %r{"(\\.|[^"\\])*"}, Str::Double
        rule %r{\.[a-zA-Z_]\w*}, Keyword::Declaration
        rule %r{%[a-z]\w*}, Name::Variable
        rule %r{\$?-?0x\h+\b}, Num::Hex
        rule %r{\$?-?\d+[fb]?\b}, Num::Integer
        rule %r{[A-Z_][A-Z0-9_]*\b}, Name::Constant
        rule %r{[a-z]\w*\b}, Keyword
        rule %r{[$()\[\],:;+*/&|~<>=@!-]}, Punctuation
        rule %r{\s+}m, Text
        rule %r{.}, Text
      end
    end
  end

  module Themes
    class Book < CSSTheme
      name 'book'

      style Text, fg: '#1c2733'
      style Comment, fg: '#47694f', italic: true
      style Comment::Preproc, fg: '#6a4a94'
      style Keyword, fg: '#174f86', bold: true
      style Keyword::Declaration, Keyword::Type, fg: '#174f86'
      style Literal::String, fg: '#8a3a12'
      style Literal::Number, fg: '#0b6670'
      style Name::Label, fg: '#1c2733', bold: true
      style Name::Constant, Name::Builtin, fg: '#0b6670'
      style Name::Variable, fg: '#6a4a94'
      style Name::Namespace, Name::Attribute, fg: '#174f86'
      style Generic::Prompt, fg: '#55636f', bold: true
      style Generic::Deleted, fg: '#9c2b22'
      style Generic::Inserted, fg: '#20693d'
      style Generic::Heading, bold: true
      style Error, fg: '#1c2733'
    end
  end
end

# In the PDF, too, a listing with a role has its edge: green for what is printed
# when all is well, red for what is printed when something is wrong.  A table
# with the role `dense` has so many columns that words would break otherwise.
if defined? Asciidoctor::PDF
  class BookPDF < Asciidoctor::Converter.for('pdf')
    register_for 'pdf'
    EDGES = { 'expected' => %w[2f7d4f f4faf6], 'wrong' => %w[b3372f fdf6f5] }.freeze

    def convert_table(node)
      return super unless node.role? 'dense'
      saved = @theme.table_font_size, @theme.table_cell_padding
      @theme.table_font_size, @theme.table_cell_padding = 8, [3, 3, 3, 3]
      super
    ensure
      @theme.table_font_size, @theme.table_cell_padding = saved if saved
    end

    def convert_listing(node)
      edge, ground = EDGES[EDGES.keys.find { |role| node.role? role }]
      return super unless edge
      saved = @theme.code_border_color, @theme.code_background_color
      @theme.code_border_color, @theme.code_background_color = edge, ground
      super
    ensure
      @theme.code_border_color, @theme.code_background_color = saved if saved
    end
  end
end
